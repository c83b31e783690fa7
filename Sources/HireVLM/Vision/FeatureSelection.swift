import HireNN
import HireTensor

/// Which of a vision transformer's hidden states are its features, with LLaVA's options.
///
/// Hidden state 0 is what enters the first block and hidden state k what leaves block k, as in Hugging Face's
/// `hidden_states`; negative indices count from the last. Blocks behind the selected state need not be built.
public struct FeatureSelection: Sendable {
    /// Which tokens are given.
    public enum Tokens: String, Sendable, CaseIterable {
        /// The grid's only.
        case patch
        /// The grid's, and in front of them those that stand for no place (class token, registers).
        case classAndPatch = "cls_patch"
    }

    /// How many blocks to build and run.
    public let blocks: Int
    /// Which tokens are given.
    public let tokens: Tokens

    /// The selection of an encoder that has `layers` blocks.
    ///
    /// - Throws: `PluginError.configuration` if the layer is out of range.
    public init(layer: Int, tokens: Tokens, of layers: Int, plugin: String) throws {
        let index = layer < 0 ? layer + layers + 1 : layer
        guard (0...layers).contains(index) else {
            throw PluginError.configuration(
                plugin: plugin, key: "select_layer",
                problem:
                    "must be from \(-layers - 1) to \(layers) for \(layers) layers, got \(layer)"
            )
        }
        blocks = index
        self.tokens = tokens
    }

    /// How many of `prefix` tokens in front are given: all or none.
    public func prefixTokens(of prefix: Int) -> Int { tokens == .patch ? 0 : prefix }

    /// The features among hidden states [N, prefix + rows * columns, C].
    ///
    /// - Parameter prefix: tokens in front that stand for no place.
    public func features(of hidden: Tensor, prefix: Int, grid: SIMD2<Int>) throws -> FeatureMap {
        if prefix == 0 { return try FeatureMap(tokens: hidden, grid: grid) }
        let front = tokens == .patch ? nil : try hidden.slice(1, 0, prefix)
        return try FeatureMap(tokens: hidden.slice(1, prefix), grid: grid, prefix: front)
    }
}
