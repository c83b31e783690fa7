import HireVLM

/// Options of `mlp`.
struct MLPProjectorConfiguration: PluginConfiguration {
    /// What stands between two linear layers.
    enum Activation: String, Codable, Sendable, CaseIterable {
        case gelu
        case geluTanh = "gelu_pytorch_tanh"
        case quickGelu = "quick_gelu"
        case silu, relu
    }

    /// Linear layers: 2 is LLaVA-1.5's `mlp2x_gelu`, 1 a single linear map, 0 none at all (`identity`).
    var depth = 2
    /// What stands between them.
    var activation = Activation.gelu
    /// Whether they have biases.
    var bias = true

    init() {}
}
