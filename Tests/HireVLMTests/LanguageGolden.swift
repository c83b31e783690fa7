import Builtin
import HireArray
import HireCPU
import HireFiles
import HireNN
import HireReference
import HireTensor
import HireTestSupport
import HireVLM
import Testing

/// A model of Tests/Goldens/language, made by generate/language.py: its configuration, weights and what came out.
struct LanguageGolden {
    /// The models whose config.json is of a class of transformers.
    static let names = [
        "llama", "llama_grouped", "llama_linear", "llama_llama3", "llama_tied", "qwen2",
        "qwen2_tied",
    ]

    /// Keys of config.json that change nothing in what is computed.
    static let ignored: Set<String> = [
        "model_type", "attention_dropout", "bos_token_id", "eos_token_id", "pad_token_id",
        "pretraining_tp", "transformers_version", "use_cache",
    ]

    let name: String
    let config: JSONObject
    let arrays: StateDict
    let context: Context

    init(_ name: String, in context: Context) throws {
        self.name = name
        self.context = context
        config = try Self.json("configs.json").requireObject(name, source: "configs.json")
        arrays = try SafetensorsFile.read(
            goldenPath("language/\(name).safetensors"), backend: context.backend
        ).stateDict()
    }

    static func json(_ file: String) throws -> JSONObject {
        let path = goldenPath("language/\(file)")
        let value = try JSONParser.read(path, in: SystemFileSystem(), limits: JSONLimits())
        return try #require(value.objectValue)
    }

    /// The model with its weights, or with them as bfloat16 and frozen.
    func model(_ dtype: DType = .float32) throws -> any LanguageModel {
        let catalog = try BuiltinPlugins.catalog()
        let id = try config.requireString("model_type", source: name)
        var choice = PluginChoice(id)
        for (key, value) in config.members where !Self.ignored.contains(key) {
            choice.configuration[key] = value
        }
        let model = try catalog.makeLanguageModel(choice, vocabularySize: 37, in: context)
        var state = StateDict()
        for (name, array) in arrays.below("state") {
            let copy = try context.backend.allocate(array.shape, dtype)
            context.backend.copy(array, into: copy)
            state[name] = copy
        }
        if dtype != .float32 { model.freeze() }
        try model.load(state)
        return model
    }

    /// The ids of every row, or of one.
    func ids(row: Int? = nil) throws -> Tensor {
        let ids = Tensor(try arrays.tensor("ids"), in: context)
        return try row.map { try ids.slice(0, $0, $0 + 1) } ?? ids
    }

    func tensor(_ key: String) throws -> Tensor { Tensor(try arrays.tensor(key), in: context) }
}

/// The back-ends that compute.
enum LanguageBackend: String, CaseIterable {
    case reference, cpu

    func context() -> Context {
        switch self {
        case .reference: Context(backend: ReferenceBackend())
        case .cpu: Context(backend: CPUBackend(threads: 2))
        }
    }
}

/// The text of what a closure throws; empty if it throws nothing.
func refusal(_ body: () throws -> Void) -> String {
    do {
        try body()
        return ""
    } catch { return "\(error)" }
}
