import Builtin
import HireArray
import HireFiles
import HireNN
import HireReference
import HireTensor
import HireTestSupport
import HireVLM

/// The text of what a closure throws; empty if it throws nothing.
func message(_ body: () throws -> Void) -> String {
    do {
        try body()
        return ""
    } catch { return "\(error)" }
}

/// The arrays of Tests/Goldens/generation/<name>.safetensors, made by generate/generation.py with transformers.
struct GenerationGolden {
    let arrays: StateDict
    let context = Context(backend: ReferenceBackend())

    init(_ name: String) throws {
        arrays = try SafetensorsFile.read(
            goldenPath("generation/\(name).safetensors"), backend: context.backend
        ).stateDict()
    }

    func ids(_ key: String) throws -> [Int] { try arrays.tensor(key).integers() }
    func numbers(_ key: String) throws -> [Double] { try arrays.tensor(key).doubles() }

    /// The golden's LlamaForCausalLM, behind the plugin that has its names.
    func llama() throws -> any LanguageModel {
        let model = try BuiltinPlugins.catalog().makeLanguageModel(
            Self.llamaChoice, vocabularySize: 48, in: context)
        _ = try model.load(arrays.below("state"), strict: true)
        return model
    }

    static let llamaChoice = PluginChoice(
        Recipe().languageModel.id,
        ["width": 16, "hidden": 24, "layers": 2, "heads": 4, "kv_heads": 2, "max_positions": 128])

    /// Prompt ids as embeddings: [1, T, hidden].
    func embedded(_ ids: [Int], by model: any LanguageModel) throws -> Tensor {
        try model.embed(context.tensor(ids.map(Int32.init), [1, ids.count]))
    }
}

/// A tokenizer whose pieces are bytes: id k is the k-th piece, and the text of ids is their pieces joined.
///
/// Pieces in angle brackets are special. A mark (`_` at the beginning of a piece) is a space, except at the beginning of the
/// text, as in SentencePiece.
final class PieceTokenizer: Tokenizer {
    let pieces: [[UInt8]]
    let beginningOfText: Int? = nil
    let endOfText = 0
    let padding = 0
    /// Ids decoded so far, to see that decoding is not quadratic.
    var decoded = 0

    init(_ pieces: [String]) { self.pieces = pieces.map { Array($0.utf8) } }
    init(bytes pieces: [[UInt8]]) { self.pieces = pieces }

    var vocabularySize: Int { pieces.count }

    func encode(_ text: String, addingSpecialTokens: Bool) throws -> [Int] {
        text.unicodeScalars.compactMap { id(of: String($0)) }
    }

    func decode(_ ids: [Int], skippingSpecialTokens: Bool) -> String {
        decoded += ids.count
        let kept = ids.filter {
            pieces.indices.contains($0) && !(skippingSpecialTokens && isSpecial(pieces[$0]))
        }
        var bytes = kept.flatMap { pieces[$0] }
        if bytes.first == UInt8(ascii: "_") { bytes.removeFirst() }
        return String(decoding: bytes.map { $0 == UInt8(ascii: "_") ? 32 : $0 }, as: UTF8.self)
    }

    func id(of token: String) -> Int? { pieces.firstIndex(of: Array(token.utf8)) }

    func token(of id: Int) -> String? {
        pieces.indices.contains(id) ? String(decoding: pieces[id], as: UTF8.self) : nil
    }

    private func isSpecial(_ piece: [UInt8]) -> Bool {
        piece.first == UInt8(ascii: "<") && piece.last == UInt8(ascii: ">") && piece.count > 1
    }
}

/// A language model whose logits depend on the last token alone: row k of a table follows id k.
final class ChainModel: LanguageModel {
    let scope = ModuleScope()
    let hiddenSize: Int
    let vocabularySize: Int
    let context: Context
    /// Rows that were run, over all calls.
    private(set) var rowsRun: [Int] = []
    private let table: Tensor
    private let identity: Tensor

    init(_ rows: [[Float]], in context: Context) throws {
        let size = rows.count
        hiddenSize = size
        vocabularySize = size
        self.context = context
        table = try context.tensor(rows.flatMap { $0 }, [size, size])
        identity = try context.tensor(
            (0..<(size * size)).map { $0 / size == $0 % size ? Float(1) : 0 }, [size, size])
    }

    /// Follows each id by a fixed one.
    convenience init(next: [Int], in context: Context) throws {
        try self.init(
            next.map { id in next.indices.map { $0 == id ? 5 : 0 } }, in: context)
    }

    func embed(_ ids: Tensor) throws -> Tensor {
        try identity.indexSelect(dim: 0, ids.reshape([ids.shape[0] * ids.shape[1]]))
            .reshape([ids.shape[0], ids.shape[1], hiddenSize])
    }

    func makeCache() -> any LanguageModelCache { CountingCache() }

    func forward(_ input: LanguageModelInput) throws -> Tensor {
        let (batch, length) = (input.embeddings.shape[0], input.embeddings.shape[1])
        rowsRun.append(batch)
        if let cache = input.cache as? CountingCache {
            precondition(cache.rows == nil || cache.rows == batch, "The cache has other rows.")
            cache.rows = batch
            cache.length += length
        }
        let wanted = input.logitPositions ?? 0..<length
        return try input.embeddings.slice(1, wanted.lowerBound, wanted.upperBound).matmul(table)
    }

    /// A prompt of one id in each row.
    func prompts(_ ids: [Int]) throws -> Tensor {
        try embed(context.tensor(ids.map(Int32.init), [ids.count, 1]))
    }
}

/// Counts positions and rows.
final class CountingCache: LanguageModelCache {
    var length = 0
    var rows: Int?

    func select(rows: [Int]) { self.rows = rows.count }
    func truncate(to length: Int) { self.length = length }
}
