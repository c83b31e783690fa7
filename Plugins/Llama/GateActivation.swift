import HireFiles
import HireTensor
import HireVLM

/// What stands between the gate's projection and the product: `hidden_act` in Hugging Face's words.
enum GateActivation: String, CaseIterable {
    case silu, swish, relu, gelu
    case geluNew = "gelu_new"
    case geluTanh = "gelu_pytorch_tanh"
    case quickGelu = "quick_gelu"

    /// The activation of a name.
    ///
    /// - Throws: `PluginError.unknownKey` with the nearest names.
    init(named name: String, plugin: String) throws {
        guard let known = GateActivation(rawValue: name) else {
            throw PluginError.unknownKey(
                plugin: plugin,
                suggestion: NearestNames.sentence(
                    kind: "hidden_act", name: name, among: GateActivation.allCases.map(\.rawValue)))
        }
        self = known
    }

    /// Applies it element by element.
    func callAsFunction(_ x: Tensor) throws -> Tensor {
        switch self {
        case .silu, .swish: try x.silu()
        case .relu: try x.relu()
        case .gelu: try x.gelu()
        case .geluNew, .geluTanh: try x.gelu(.tanh)
        case .quickGelu: try x.gelu(.quick)
        }
    }
}
