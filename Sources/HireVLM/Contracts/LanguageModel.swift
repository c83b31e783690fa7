import HireNN
import HireTensor

/// Continues a sequence of embeddings.
public protocol LanguageModel: Layer where Input == LanguageModelInput, Output == Tensor {
    /// Width of the embeddings.
    var hiddenSize: Int { get }
    /// Entries of the vocabulary.
    var vocabularySize: Int { get }
    /// Embeddings of token ids (int32, [N, T]): [N, T, hidden].
    func embed(_ ids: Tensor) throws -> Tensor
    /// An empty key-value cache for generation.
    func makeCache() -> any LanguageModelCache
}

/// Keys and values of the positions already seen.
public protocol LanguageModelCache: AnyObject {
    /// Positions held.
    var length: Int { get }
    /// Keeps the given rows of the batch, in this order; a row may be named several times (beam search).
    func select(rows: [Int]) throws
    /// Forgets all positions from `length` on, so that another continuation can be read.
    func truncate(to length: Int) throws
}

/// What a language model is given; what comes out are logits [N, T, vocabulary].
public struct LanguageModelInput {
    /// [N, T, hidden].
    public let embeddings: Tensor
    /// Positions seen before these; they are extended in place.
    public let cache: (any LanguageModelCache)?
    /// Positions (counted in T) whose logits are wanted, the others are not computed; nil means all.
    public let logitPositions: Range<Int>?

    /// Embeddings with an optional cache.
    public init(
        embeddings: Tensor, cache: (any LanguageModelCache)? = nil,
        logitPositions: Range<Int>? = nil
    ) {
        self.embeddings = embeddings
        self.cache = cache
        self.logitPositions = logitPositions
    }
}

extension LanguageModelInput: TensorHolder {
    /// The embeddings.
    public func heldTensors() -> [(name: String, tensor: Tensor)] { [("", embeddings)] }
}
