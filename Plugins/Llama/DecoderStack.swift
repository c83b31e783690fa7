import HireNN
import HireTensor

/// Token embedding, blocks and the final norm: `LlamaModel`, `Qwen2Model`.
final class DecoderStack: Layer {
    let scope = ModuleScope()
    let embedding: Embedding
    let layers: ModuleList<DecoderBlock>
    private let norm: RMSNorm

    init(_ architecture: DecoderArchitecture, in context: Context) {
        embedding = scope.child(
            "embed_tokens",
            Embedding(
                architecture.vocabularySize, architecture.width,
                initializer: architecture.embeddingInitializer, in: context))
        layers = scope.child(
            "layers",
            ModuleList(
                (0..<architecture.layers).map {
                    DecoderBlock(architecture, index: $0, in: context)
                }))
        norm = scope.child("norm", architecture.norm(context))
    }

    func forward(_ input: DecoderInput) throws -> Tensor {
        var x = input.embeddings
        for layer in layers { x = try layer(input.with(x)) }
        return try norm(x)
    }
}
