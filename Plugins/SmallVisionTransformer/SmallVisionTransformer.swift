import HireNN
import HireTensor
import HireVLM

/// Patches, positions, pre-norm blocks; the tokens after the last block are E(i) (no final norm, as LLaVA reads CLIP).
final class SmallVisionTransformer: VisionEncoder {
    let scope = ModuleScope()
    let resolution: Int
    let channels: Int
    let grid: SIMD2<Int>
    private let patches: Conv2d
    private let positions: Embedding
    private let layers: ModuleList<VisionBlock>

    init(_ configuration: SmallVisionTransformerConfiguration, in context: Context) throws {
        let side = configuration.resolution / max(configuration.patch, 1)
        guard configuration.patch > 0, side > 0,
            side * configuration.patch == configuration.resolution
        else {
            throw PluginError.configuration(
                plugin: "small-vit", key: "patch",
                problem:
                    "must divide the resolution \(configuration.resolution), got \(configuration.patch)"
            )
        }
        guard configuration.heads > 0, configuration.width % configuration.heads == 0 else {
            throw PluginError.configuration(
                plugin: "small-vit", key: "heads",
                problem: "must divide the width \(configuration.width), got \(configuration.heads)")
        }
        resolution = configuration.resolution
        channels = configuration.width
        grid = SIMD2(side, side)
        patches = scope.child(
            "patch_embedding",
            Conv2d(
                3, configuration.width, kernel: SIMD2(repeating: configuration.patch),
                stride: SIMD2(repeating: configuration.patch), in: context))
        positions = scope.child(
            "position_embedding",
            Embedding(
                side * side, configuration.width,
                initializer: .normal(deviation: configuration.positionDeviation), in: context))
        layers = scope.child(
            "layers",
            ModuleList(
                (0..<configuration.layers).map { _ in
                    VisionBlock(
                        width: configuration.width, heads: configuration.heads,
                        hidden: configuration.hidden, in: context)
                }))
    }

    func forward(_ input: Tensor) throws -> FeatureMap {
        let embedded = try FeatureMap(map: patches(input))
        var tokens = try embedded.tokens() + positions.weight.tensor
        for layer in layers { tokens = try layer(tokens) }
        return try FeatureMap(tokens: tokens, grid: embedded.grid)
    }
}
