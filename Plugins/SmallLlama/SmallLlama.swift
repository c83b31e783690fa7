import Foundation
import HireNN
import HireTensor
import HireVLM

/// Blocks, final norm and an untied output layer, with the names of Hugging Face's `LlamaForCausalLM`.
final class SmallLlama: LanguageModel {
    let scope = ModuleScope()
    let hiddenSize: Int
    let vocabularySize: Int
    private let model: DecoderStack
    private let head: Linear
    private let cosines: Tensor
    private let sines: Tensor

    init(_ configuration: SmallLlamaConfiguration, _ host: LanguageModelHost) throws {
        guard configuration.heads > 0, configuration.width % (2 * configuration.heads) == 0 else {
            throw PluginError.configuration(
                plugin: "small-llama", key: "heads",
                problem:
                    "must divide half the width \(configuration.width), got \(configuration.heads)")
        }
        guard configuration.keyValueHeads > 0,
            configuration.heads % configuration.keyValueHeads == 0
        else {
            throw PluginError.configuration(
                plugin: "small-llama", key: "kv_heads",
                problem:
                    "must divide the heads \(configuration.heads), got \(configuration.keyValueHeads)"
            )
        }
        hiddenSize = configuration.width
        vocabularySize = host.vocabularySize
        model = scope.child(
            "model",
            DecoderStack(configuration, vocabularySize: host.vocabularySize, in: host.context))
        head = scope.child(
            "lm_head",
            Linear(configuration.width, host.vocabularySize, bias: false, in: host.context))
        let half = configuration.width / configuration.heads / 2
        let angles = (0..<configuration.maximumPositions).flatMap { position in
            (0..<half).map { pair in
                Double(position) * pow(configuration.theta, -Double(pair) / Double(half))
            }
        }
        let shape = [configuration.maximumPositions, half]
        cosines = try host.context.tensor(angles.map { Float(cos($0)) }, shape)
        sines = try host.context.tensor(angles.map { Float(sin($0)) }, shape)
    }

    func embed(_ ids: Tensor) throws -> Tensor { try model.embedding(ids) }

    func makeCache() -> any LanguageModelCache { KeyValueCache(layers: model.layers.count) }

    func forward(_ input: LanguageModelInput) throws -> Tensor {
        let cache = input.cache as? KeyValueCache
        let start = cache?.length ?? 0
        let length = input.embeddings.shape[1]
        guard start + length <= cosines.shape[0] else {
            throw PluginError.assembly(
                "The sequence has \(start + length) positions, more than max_positions "
                    + "(\(cosines.shape[0])) of the language model.")
        }
        let hidden = try model(
            DecoderBlock.Input(
                embeddings: input.embeddings,
                cosines: cosines.slice(0, start, start + length),
                sines: sines.slice(0, start, start + length), cache: cache))
        cache?.advance(by: length)
        guard let wanted = input.logitPositions else { return try head(hidden) }
        return try head(hidden.slice(1, wanted.lowerBound, wanted.upperBound))
    }
}

/// Token embedding, blocks and the final norm.
final class DecoderStack: Layer {
    let scope = ModuleScope()
    let embedding: Embedding
    let layers: ModuleList<DecoderBlock>
    private let norm: RMSNorm

    init(_ configuration: SmallLlamaConfiguration, vocabularySize: Int, in context: Context) {
        embedding = scope.child(
            "embed_tokens",
            Embedding(
                vocabularySize, configuration.width,
                initializer: .normal(deviation: configuration.embeddingDeviation), in: context))
        layers = scope.child(
            "layers",
            ModuleList(
                (0..<configuration.layers).map {
                    DecoderBlock(configuration, index: $0, in: context)
                }))
        norm = scope.child(
            "norm", RMSNorm(configuration.width, epsilon: configuration.epsilon, in: context))
    }

    func forward(_ input: DecoderBlock.Input) throws -> Tensor {
        var x = input.embeddings
        for layer in layers {
            x = try layer(
                DecoderBlock.Input(
                    embeddings: x, cosines: input.cosines, sines: input.sines, cache: input.cache))
        }
        return try norm(x)
    }
}
