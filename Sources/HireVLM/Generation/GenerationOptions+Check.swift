extension GenerationOptions {
    /// Beams beyond this number are refused: each holds a cache of its own.
    public static let mostBeams = 256

    /// Checks that values make sense.
    ///
    /// - Throws: `PluginError.configuration` naming the option.
    public func check() throws {
        try require("maximum_tokens", maximumTokens >= 1, "must be at least 1", maximumTokens)
        try require(
            "temperature", temperature >= 0 && temperature.isFinite,
            "must be 0 (take the likeliest token) or above", temperature)
        try require("top_k", topK >= 0, "must be at least 0 (all tokens)", topK)
        try require("top_p", (0...1).contains(topP), "must lie between 0 and 1", topP)
        try require("min_p", (0...1).contains(minP), "must lie between 0 and 1", minP)
        try require(
            "repetition_penalty", repetitionPenalty > 0 && repetitionPenalty.isFinite,
            "must be above 0 (1 changes nothing)", repetitionPenalty)
        try require(
            "beams", (1...Self.mostBeams).contains(beams),
            "must lie between 1 and \(Self.mostBeams)", beams)
        try require("length_penalty", lengthPenalty.isFinite, "must be a number", lengthPenalty)
        try require("seed", seed >= 0, "must be at least 0", seed)
        for text in stop {
            try require("stop", !text.isEmpty, "must not have an empty text in it", "\"\"")
        }
    }

    /// Checks the ids against a vocabulary too.
    ///
    /// - Throws: `PluginError.configuration` naming the option.
    public func check(vocabularySize: Int) throws {
        try check()
        for id in endIDs {
            try require(
                "end_ids", (0..<vocabularySize).contains(id),
                "must name ids below the vocabulary's size \(vocabularySize)", id)
        }
    }

    /// Sentences about options that were changed and have no effect beside the others, for a warning.
    public var withoutEffect: [String] {
        let defaults = GenerationOptions()
        var sentences: [String] = []
        if !isSampling {
            let changed = [
                ("top_k", topK != defaults.topK), ("top_p", topP != defaults.topP),
                ("min_p", minP != defaults.minP), ("seed", seed != defaults.seed),
            ].filter(\.1).map { "'\($0.0)'" }
            if !changed.isEmpty {
                sentences.append(
                    "Without sampling (temperature 0) \(list(changed)) no effect.")
            }
        }
        if beams == 1 {
            let changed = [
                ("length_penalty", lengthPenalty != defaults.lengthPenalty),
                ("early_stopping", earlyStopping != defaults.earlyStopping),
            ].filter(\.1).map { "'\($0.0)'" }
            if !changed.isEmpty {
                sentences.append("Without beam search (beams 1) \(list(changed)) no effect.")
            }
        }
        return sentences
    }

    private func list(_ names: [String]) -> String {
        names.joined(separator: " and ") + (names.count == 1 ? " has" : " have")
    }

    private func require(
        _ key: String, _ holds: Bool, _ problem: String, _ got: some CustomStringConvertible
    ) throws {
        if !holds {
            throw PluginError.configuration(
                plugin: "generation", key: key, problem: "\(problem), got \(got)")
        }
    }
}
