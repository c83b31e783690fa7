import HireNN
import HireVLM

/// What a decoder is built from: every number settled, whatever keys it came from.
struct DecoderArchitecture {
    /// The configuration keys under which users know the numbers.
    struct Keys {
        let width, hidden, layers, heads, keyValueHeads, headWidth: String
        let epsilon, theta, maximumPositions: String
    }

    /// The plugin's id, for messages.
    let plugin: String
    let keys: Keys
    /// Rows of the embedding.
    let vocabularySize: Int
    /// Width of the embeddings.
    let width: Int
    /// Width of the gated perceptrons.
    let hidden: Int
    /// Decoder blocks.
    let layers: Int
    /// Query heads.
    let heads: Int
    /// Key and value heads.
    let keyValueHeads: Int
    /// Width of a head where it is not width / heads.
    let ownHeadWidth: Int?
    /// RMSNorm's epsilon.
    let epsilon: Double
    /// Base of the rotary angles.
    let theta: Double
    /// How rotary frequencies are scaled.
    var scaling = RotaryScaling.none
    /// Longest sequence.
    let maximumPositions: Int
    /// Between the gate's projection and the product.
    var activation = GateActivation.silu
    /// Whether the query, key and value projections have biases.
    var hasQueryBias = false
    /// Whether the attention's output projection has a bias.
    var hasOutputBias = false
    /// Whether the perceptron's projections have biases.
    var hasPerceptronBias = false
    /// Whether logits are products with the token embedding.
    var isTied = false
    /// How linear weights begin; nil is PyTorch's way.
    var weightInitializer: Initializer?
    /// How biases begin; nil is PyTorch's way.
    var biasInitializer: Initializer?
    /// How the token embedding begins.
    let embeddingInitializer: Initializer

    /// Width of a head.
    var headWidth: Int { ownHeadWidth ?? width / heads }

    /// Larger widths and counts are refused, so that no size overflows.
    private static let largest = 1 << 24
    private static let mostLayers = 4096

    /// Checks that the numbers make a decoder.
    ///
    /// - Throws: `PluginError.configuration` naming the key.
    func check() throws {
        try require(keys.width, width)
        try require(keys.hidden, hidden)
        try require(keys.layers, layers, atMost: Self.mostLayers)
        try require(keys.heads, heads)
        try require(keys.keyValueHeads, keyValueHeads)
        try require(keys.maximumPositions, maximumPositions)
        guard ownHeadWidth != nil || width % heads == 0 else {
            throw problem(keys.heads, "must divide the width \(width), got \(heads)")
        }
        guard heads % keyValueHeads == 0 else {
            throw problem(
                keys.keyValueHeads, "must divide the heads \(heads), got \(keyValueHeads)")
        }
        guard headWidth % 2 == 0, headWidth > 0, headWidth <= Self.largest / heads else {
            throw problem(
                keys.headWidth,
                "must give heads of an even width up to \(Self.largest / heads), got \(headWidth)")
        }
        guard epsilon > 0, epsilon < 1 else {
            throw problem(keys.epsilon, "must lie between 0 and 1, got \(epsilon)")
        }
        guard theta >= 1, theta.isFinite else {
            throw problem(keys.theta, "must be at least 1, got \(theta)")
        }
    }

    private func require(_ key: String, _ value: Int, atMost most: Int = largest) throws {
        guard (1...most).contains(value) else {
            throw problem(key, "must be between 1 and \(most), got \(value)")
        }
    }

    private func problem(_ key: String, _ problem: String) -> PluginError {
        .configuration(plugin: plugin, key: key, problem: problem)
    }
}
