import HireNN
import HireTensor

/// A block of CLIP's vision tower: tokens [N, T, width] to the same.
final class BenchmarkVisionBlock: Layer {
    let scope = ModuleScope()
    private let attentionNorm: LayerNorm
    private let attention: MultiHeadAttention
    private let perceptronNorm: LayerNorm
    private let first: Linear
    private let second: Linear

    init(width: Int, heads: Int, hidden: Int, in context: Context) {
        attentionNorm = scope.child("layer_norm1", LayerNorm(width, in: context))
        attention = scope.child("self_attn", MultiHeadAttention(width, heads: heads, in: context))
        perceptronNorm = scope.child("layer_norm2", LayerNorm(width, in: context))
        first = scope.child("fc1", Linear(width, hidden, in: context))
        second = scope.child("fc2", Linear(hidden, width, in: context))
    }

    func forward(_ input: Tensor) throws -> Tensor {
        let attended = try input + attention(attentionNorm(input))
        return try attended + second(first(perceptronNorm(attended)).gelu(.quick))
    }
}

/// ViT-L/14 at 336 pixels up to the features that LLaVA reads: patches, positions, the norm before the blocks and 23 of
/// 24 blocks.
final class BenchmarkVisionTower: Layer {
    let scope = ModuleScope()
    private let patches: Conv2d
    private let positions: Embedding
    private let summary: Parameter
    private let norm: LayerNorm
    private let layers: ModuleList<BenchmarkVisionBlock>

    init(in context: Context) {
        let width = 1024
        patches = scope.child(
            "patch_embedding",
            Conv2d(3, width, kernel: [14, 14], stride: [14, 14], bias: false, in: context))
        positions = scope.child("position_embedding", Embedding(577, width, in: context))
        summary = scope.parameter("class_embedding", [1, 1, width], .ones, in: context)
        norm = scope.child("pre_layrnorm", LayerNorm(width, in: context))
        layers = scope.child(
            "layers",
            ModuleList(
                (0..<23).map { _ in
                    BenchmarkVisionBlock(width: width, heads: 16, hidden: 4096, in: context)
                }))
    }

    func forward(_ input: Tensor) throws -> Tensor {
        let map = try patches(input)
        let tokens = try map.reshape([input.shape[0], 1024, 576]).transpose(1, 2)
        var x = try Tensor.concat([summary.tensor, tokens], dim: 1) + positions.weight.tensor
        x = try norm(x)
        for layer in layers { x = try layer(x) }
        return x
    }
}
