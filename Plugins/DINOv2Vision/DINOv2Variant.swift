import HireVLM

/// The numbers of a published DINOv2.
struct DINOv2Variant: Sendable {
    var hiddenSize: Int
    var layers: Int
    var heads: Int
    var imageSize = 518
    var patchSize = 14
    var ratio = 4.0
    var usesSwiGLU = false
    var activation = VisionActivation.gelu
    var epsilon = 1e-6
    var layerScale = 1.0
    var registers = 0
    var hasQueryKeyValueBias = true

    private init(
        _ hiddenSize: Int, layers: Int, heads: Int, swiGLU: Bool = false, registers: Int = 0
    ) {
        self.hiddenSize = hiddenSize
        self.layers = layers
        self.heads = heads
        usesSwiGLU = swiGLU
        self.registers = registers
    }

    /// Meta's models, plain and with registers.
    static let all: KeyValuePairs<String, DINOv2Variant> = [
        "S-14": DINOv2Variant(384, layers: 12, heads: 6),
        "B-14": DINOv2Variant(768, layers: 12, heads: 12),
        "L-14": DINOv2Variant(1024, layers: 24, heads: 16),
        "g-14": DINOv2Variant(1536, layers: 40, heads: 24, swiGLU: true),
        "S-14-reg": DINOv2Variant(384, layers: 12, heads: 6, registers: 4),
        "B-14-reg": DINOv2Variant(768, layers: 12, heads: 12, registers: 4),
        "L-14-reg": DINOv2Variant(1024, layers: 24, heads: 16, registers: 4),
        "g-14-reg": DINOv2Variant(1536, layers: 40, heads: 24, swiGLU: true, registers: 4),
    ]

    /// Units of the perceptron, as HF counts them.
    var hidden: Int {
        let plain = Int(Double(hiddenSize) * ratio)
        return usesSwiGLU ? (plain * 2 / 3 + 7) / 8 * 8 : plain
    }

    /// The numbers of a configuration over those of its variant, checked.
    init(
        _ configuration: DINOv2VisionConfiguration, _ options: VisionOptions<DINOv2Variant>
    ) throws {
        let limit = VisionLimits.self
        hiddenSize = try options.number(
            "hidden_size", configuration.hiddenSize, upTo: limit.width, \.hiddenSize)
        layers = try options.number(
            "num_hidden_layers", configuration.layers, upTo: limit.layers, \.layers)
        heads = try options.number(
            "num_attention_heads", configuration.heads, upTo: limit.width, \.heads)
        imageSize = try options.number(
            "image_size", configuration.imageSize, upTo: limit.resolution, \.imageSize)
        patchSize = try options.number(
            "patch_size", configuration.patchSize, upTo: limit.resolution, \.patchSize)
        ratio = try options.number("mlp_ratio", configuration.ratio, \.ratio)
        usesSwiGLU = configuration.usesSwiGLU || options.variant?.usesSwiGLU == true
        activation = try options.choice(
            "hidden_act", configuration.activation, else: options.variant?.activation)
        epsilon = try options.number("layer_norm_eps", configuration.epsilon, \.epsilon)
        layerScale = try options.number("layerscale_value", configuration.layerScale, \.layerScale)
        hasQueryKeyValueBias = configuration.hasQueryKeyValueBias
        registers = configuration.registers
        if registers == 0 { registers = options.variant?.registers ?? 0 }
        guard (0...limit.registers).contains(registers) else {
            throw options.failure(
                "num_register_tokens", "must be from 0 to \(limit.registers), got \(registers)")
        }
        guard (1...limit.width).contains(hidden) else {
            throw options.failure(
                "mlp_ratio",
                "must give the perceptron from 1 to \(limit.width) units, got \(hidden)")
        }
        try options.require(heads: heads, dividing: hiddenSize)
    }
}
