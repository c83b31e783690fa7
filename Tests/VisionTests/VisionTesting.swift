import Builtin
import HireArray
import HireCPU
import HireFiles
import HireNN
import HireReference
import HireTensor
import HireTestSupport
import HireVLM

/// The back-ends that compute.
enum TestBackend: String, CaseIterable {
    case reference, cpu

    func context() -> Context {
        switch self {
        case .reference: Context(backend: ReferenceBackend())
        case .cpu: Context(backend: CPUBackend(threads: 1))
        }
    }
}

/// A tiny model of a transformers class with its numbers, out of Tests/Goldens/vision (made by generate/vision.py).
struct VisionGolden: CustomStringConvertible {
    let file: String
    let id: String
    let resolutions: [Int]
    let options: JSONObject

    var description: String { file }

    static let all: [VisionGolden] = [
        VisionGolden("clip", "clip", [20, 30, 15], ["intermediate_size": 20] + quickGELU),
        VisionGolden(
            "clip_gelu", "clip", [20], ["intermediate_size": 20, "hidden_act": "gelu"] + epsilon5),
        VisionGolden(
            "siglip", "siglip", [20, 30, 15],
            ["intermediate_size": 20, "hidden_act": "gelu_pytorch_tanh"] + epsilon6),
        VisionGolden("dinov2", "dinov2", [20, 30, 15], ["mlp_ratio": 2] + dinov2),
        VisionGolden(
            "dinov2_swiglu", "dinov2", [20], ["mlp_ratio": 3, "use_swiglu_ffn": true] + dinov2),
        VisionGolden(
            "dinov2_registers", "dinov2", [20, 30, 15],
            ["mlp_ratio": 2, "num_register_tokens": 3, "qkv_bias": false] + dinov2),
    ]

    private static let epsilon5: JSONObject = ["layer_norm_eps": 1e-5]
    private static let epsilon6: JSONObject = ["layer_norm_eps": 1e-6]
    private static let quickGELU: JSONObject = ["hidden_act": "quick_gelu"] + epsilon5
    private static let dinov2: JSONObject =
        ["hidden_act": "gelu", "layerscale_value": 1] + epsilon6

    init(_ file: String, _ id: String, _ resolutions: [Int], _ options: JSONObject) {
        self.file = file
        self.id = id
        self.resolutions = resolutions
        self.options =
            [
                "variant": "", "hidden_size": 12, "num_hidden_layers": 3, "num_attention_heads": 3,
                "image_size": 20, "patch_size": 5,
            ] + options
    }

    func arrays(in context: Context) throws -> StateDict {
        try SafetensorsFile.read(
            goldenPath("vision/\(file).safetensors"), backend: context.backend
        ).stateDict()
    }

    /// The encoder without weights.
    func encoder(_ overrides: JSONObject = [:], in context: Context) throws -> any VisionEncoder {
        try BuiltinPlugins.catalog().makeEncoder(
            PluginChoice(id, options + overrides), in: context)
    }

    /// The encoder with the golden's weights, loaded strictly from what the encoder has a place for.
    func loaded(
        _ overrides: JSONObject = [:], from arrays: StateDict, in context: Context
    ) throws -> any VisionEncoder {
        let encoder = try encoder(overrides, in: context)
        let isWhole = overrides["select_layer"] == -1 && overrides["final_norm"] == true
        var state = StateDict()
        for (name, array) in arrays.below("state") where !Self.isNeverBuilt(name) {
            state[name] = array
        }
        if !isWhole {
            let wanted = Set(encoder.parameters().map { HuggingFaceName.of($0.path, id) })
            for name in state.names where !wanted.contains(name) { state[name] = nil }
        }
        try encoder.load(state, strict: true) { HuggingFaceName.of($0, id) }
        return encoder
    }

    /// Tensors for which no encoder has a place: SigLIP's pooling head, DINOv2's mask of pre-training.
    static func isNeverBuilt(_ name: String) -> Bool {
        name.hasPrefix("head.") || name == "embeddings.mask_token"
    }
}

/// The names of `save_pretrained` for our paths below the encoder: only the block list differs.
enum HuggingFaceName {
    static func of(_ path: String, _ id: String) -> String {
        guard path.hasPrefix("layers.") else { return path }
        return (id == "dinov2" ? "encoder.layer." : "encoder.layers.") + path.dropFirst(7)
    }
}

/// The text of what a closure throws; empty if it throws nothing.
func message(_ body: () throws -> Void) -> String {
    do {
        try body()
        return ""
    } catch { return "\(error)" }
}

/// The left members with the right ones on top.
func + (left: JSONObject, right: JSONObject) -> JSONObject {
    var result = left
    for (key, value) in right.members { result[key] = value }
    return result
}
