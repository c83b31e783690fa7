import HireFiles
import HireNN
import HireVLM

extension DecoderConfiguration {
    /// The decoder these options describe.
    ///
    /// - Parameter tokenizer: entries of the tokenizer, which the embedding must at least have rows for.
    /// - Throws: `PluginError` naming the key, with the nearest names where one is misspelt.
    func architecture(_ tokenizer: Int) throws -> DecoderArchitecture {
        let numbers = try variantNumbers()
        let (heads, width) = (heads.or(numbers.heads), width.or(numbers.width))
        let keyValueHeads = keyValueHeads.or(variant.isEmpty ? heads : numbers.keyValueHeads)
        let positions = maximumPositions.or(numbers.positions)
        let rope = try RotaryOptions(
            parameters: ropeParameters, scaling: ropeScaling, theta: theta,
            positions: positions, plugin: Family.id)
        let initial = Initializer.normal(deviation: initializerRange)
        guard initializerRange >= 0, initializerRange.isFinite else {
            throw problem("initializer_range", "must not be negative, got \(initializerRange)")
        }
        let architecture = DecoderArchitecture(
            plugin: Family.id, keys: Self.keys, vocabularySize: try rows(numbers, tokenizer),
            width: width, hidden: hidden.or(numbers.hidden), layers: layers.or(numbers.layers),
            heads: heads, keyValueHeads: keyValueHeads,
            ownHeadWidth: headWidth == 0 ? nil : headWidth,
            epsilon: epsilon == 0 ? numbers.epsilon : epsilon,
            theta: rope.theta == 0 ? numbers.theta : rope.theta, scaling: rope.scaling,
            maximumPositions: positions,
            activation: try GateActivation(named: activation, plugin: Family.id),
            hasQueryBias: attentionBias,
            hasOutputBias: attentionBias && Family.biasReachesOutput,
            hasPerceptronBias: perceptronBias, isTied: isTied || numbers.isTied,
            weightInitializer: initial, biasInitializer: .zeros, embeddingInitializer: initial)
        try architecture.check()
        try requireFullAttention(architecture)
        return architecture
    }

    private func variantNumbers() throws -> DecoderNumbers {
        if variant.isEmpty { return Family.classDefaults }
        guard let numbers = Family.variants[variant] else {
            throw PluginError.unknownKey(
                plugin: Family.id,
                suggestion: NearestNames.sentence(
                    kind: "variant", name: variant, among: Family.variants.keys.sorted()))
        }
        return numbers
    }

    /// Rows of the embedding.
    private func rows(_ numbers: DecoderNumbers, _ tokenizer: Int) throws -> Int {
        let rows = vocabularySize.or(numbers.vocabulary.or(tokenizer))
        guard rows <= 1 << 24 else {
            throw problem("vocab_size", "must be at most \(1 << 24), got \(rows)")
        }
        guard rows >= tokenizer else {
            throw problem(
                "vocab_size",
                "must be at least the tokenizer's \(tokenizer) entries, got \(rows); this is "
                    + "another model's tokenizer")
        }
        return rows
    }

    /// Checks that no layer ever hides positions behind a sliding window.
    private func requireFullAttention(_ architecture: DecoderArchitecture) throws {
        for type in layerTypes where !["full_attention", "sliding_attention"].contains(type) {
            throw PluginError.unknownKey(
                plugin: Family.id,
                suggestion: NearestNames.sentence(
                    kind: "entry of layer_types", name: type, among: ["full_attention"]))
        }
        let windowed =
            usesSlidingWindow
            && (layerTypes.isEmpty
                ? maximumWindowLayers < architecture.layers
                : layerTypes.contains("sliding_attention"))
        guard windowed, slidingWindow < architecture.maximumPositions else { return }
        throw problem(
            "sliding_window",
            "must be at least max_position_embeddings (\(architecture.maximumPositions)), because "
                + "windowed attention is not supported; got \(slidingWindow)")
    }

    private func problem(_ key: String, _ problem: String) -> PluginError {
        .configuration(plugin: Family.id, key: key, problem: problem)
    }

    private static var keys: DecoderArchitecture.Keys {
        DecoderArchitecture.Keys(
            width: "hidden_size", hidden: "intermediate_size", layers: "num_hidden_layers",
            heads: "num_attention_heads", keyValueHeads: "num_key_value_heads",
            headWidth: "head_dim", epsilon: "rms_norm_eps", theta: "rope_theta",
            maximumPositions: "max_position_embeddings")
    }
}

extension Int {
    /// This number, or another where it is 0.
    fileprivate func or(_ other: Int) -> Int { self == 0 ? other : self }
}
