import HireArray
import HireNN
import HireTensor
import HireVLM

/// Blocks, final norm and output layer, with the names of `LlamaForCausalLM` and `Qwen2ForCausalLM`.
///
/// Frozen weights may be float16 or bfloat16: products read them as they are stored, and an embedding widens the rows
/// it is asked for.
final class LlamaLanguageModel: LanguageModel {
    let scope = ModuleScope()
    let hiddenSize: Int
    let vocabularySize: Int
    private let architecture: DecoderArchitecture
    private let model: DecoderStack
    /// nil where logits are products with the token embedding.
    private let head: Linear?
    private let positions: RotaryTable

    init(_ architecture: DecoderArchitecture, in context: Context) throws {
        self.architecture = architecture
        hiddenSize = architecture.width
        vocabularySize = architecture.vocabularySize
        model = scope.child("model", DecoderStack(architecture, in: context))
        if architecture.isTied {
            head = nil
        } else {
            head = scope.child(
                "lm_head",
                architecture.linear(
                    architecture.width, architecture.vocabularySize, false, context))
        }
        positions = try RotaryTable(
            positions: architecture.maximumPositions, headWidth: architecture.headWidth,
            base: architecture.theta, scaling: architecture.scaling, in: context)
    }

    func embed(_ ids: Tensor) throws -> Tensor { try model.embedding(ids) }

    func makeCache() -> any LanguageModelCache {
        KeyValueCache(layers: model.layers.count, maximum: architecture.maximumPositions)
    }

    func forward(_ input: LanguageModelInput) throws -> Tensor {
        let x = input.embeddings
        guard x.rank == 3, x.shape[2] == hiddenSize else {
            throw ArrayError.shape(
                operation: "language model", expected: "embeddings [N, T, \(hiddenSize)]",
                got: "\(x.shape)")
        }
        let cache = try cache(of: input)
        let (start, length) = (cache?.length ?? 0, x.shape[1])
        guard start + length <= architecture.maximumPositions else {
            throw PluginError.assembly(
                "The sequence has \(start + length) positions, more than the "
                    + "\(architecture.maximumPositions) of the language model '\(architecture.plugin)' "
                    + "(\(architecture.keys.maximumPositions)).")
        }
        let wanted = input.logitPositions ?? 0..<length
        guard wanted.lowerBound >= 0, wanted.upperBound <= length else {
            throw ArrayError.index(
                operation: "language model", what: "logit position", got: wanted.upperBound - 1,
                range: "0..<\(length)")
        }
        let (cosines, sines) = try positions.angles(start: start, count: length)
        let hidden = try model(
            DecoderInput(embeddings: x, cosines: cosines, sines: sines, cache: cache))
        cache?.advance(by: length)
        return try logits(hidden.slice(1, wanted.lowerBound, wanted.upperBound))
    }

    private func logits(_ hidden: Tensor) throws -> Tensor {
        if let head { return try head(hidden) }
        return try hidden.linear(model.embedding.weight.tensor)
    }

    /// The input's cache, which must be one that this model makes.
    private func cache(of input: LanguageModelInput) throws -> KeyValueCache? {
        guard let given = input.cache else { return nil }
        guard let cache = given as? KeyValueCache, cache.layers == model.layers.count else {
            throw PluginError.assembly(
                "The language model '\(architecture.plugin)' was given a cache of another model; "
                    + "make it with this one's makeCache.")
        }
        return cache
    }
}
