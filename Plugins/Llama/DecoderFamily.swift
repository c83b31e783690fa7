/// Models that share a configuration class of Hugging Face, with the numbers of the well-known ones.
protocol DecoderFamily: Sendable {
    /// The plugin's id, which is `model_type` in config.json.
    static var id: String { get }
    /// What the configuration class fills in where config.json is silent.
    static var classDefaults: DecoderNumbers { get }
    /// Well-known models by name.
    static var variants: [String: DecoderNumbers] { get }
    /// Whether attention has biases unless the configuration says otherwise.
    static var hasAttentionBias: Bool { get }
    /// Whether those biases include the output projection's.
    static var biasReachesOutput: Bool { get }
}

/// The numbers in which decoders of one family differ.
struct DecoderNumbers: Sendable {
    /// Rows of the embedding; 0 means the tokenizer's.
    var vocabulary = 0
    let width, hidden, layers, heads, keyValueHeads: Int
    let positions: Int
    var epsilon = 1e-6
    var theta = 10_000.0
    var isTied = false
}

/// `LlamaForCausalLM`.
enum LlamaFamily: DecoderFamily {
    static let id = "llama"
    static let hasAttentionBias = false
    static let biasReachesOutput = true
    static let classDefaults = DecoderNumbers(
        width: 4096, hidden: 11008, layers: 32, heads: 32, keyValueHeads: 32, positions: 2048)
    static let variants: [String: DecoderNumbers] = [
        "vicuna-7b": DecoderNumbers(
            vocabulary: 32_000, width: 4096, hidden: 11_008, layers: 32, heads: 32,
            keyValueHeads: 32, positions: 4096, epsilon: 1e-5),
        "vicuna-13b": DecoderNumbers(
            vocabulary: 32_000, width: 5120, hidden: 13_824, layers: 40, heads: 40,
            keyValueHeads: 40, positions: 4096, epsilon: 1e-5),
        "llama-3-8b": DecoderNumbers(
            vocabulary: 128_256, width: 4096, hidden: 14_336, layers: 32, heads: 32,
            keyValueHeads: 8, positions: 8192, epsilon: 1e-5, theta: 500_000),
    ]
}

/// `Qwen2ForCausalLM`, which also runs Qwen1.5, Qwen2.5 and, under mapped names, the first Qwen.
enum Qwen2Family: DecoderFamily {
    static let id = "qwen2"
    static let hasAttentionBias = true
    static let biasReachesOutput = false
    static let classDefaults = DecoderNumbers(
        width: 4096, hidden: 22_016, layers: 32, heads: 32, keyValueHeads: 32, positions: 32_768)
    static let variants: [String: DecoderNumbers] = [
        "qwen-7b": DecoderNumbers(
            vocabulary: 151_936, width: 4096, hidden: 11_008, layers: 32, heads: 32,
            keyValueHeads: 32, positions: 8192),
        "qwen1.5-7b": DecoderNumbers(
            vocabulary: 151_936, width: 4096, hidden: 11_008, layers: 32, heads: 32,
            keyValueHeads: 32, positions: 32_768, theta: 1_000_000),
        "qwen2-0.5b": DecoderNumbers(
            vocabulary: 151_936, width: 896, hidden: 4864, layers: 24, heads: 14,
            keyValueHeads: 2, positions: 131_072, theta: 1_000_000, isTied: true),
        "qwen2-1.5b": DecoderNumbers(
            vocabulary: 151_936, width: 1536, hidden: 8960, layers: 28, heads: 12,
            keyValueHeads: 2, positions: 131_072, theta: 1_000_000, isTied: true),
        "qwen2-7b": seven,
        "qwen2.5-7b": seven,
    ]

    private static let seven = DecoderNumbers(
        vocabulary: 152_064, width: 3584, hidden: 18_944, layers: 28, heads: 28,
        keyValueHeads: 4, positions: 131_072, theta: 1_000_000)
}
