import HireFiles

extension GenerationOptions {
    /// What a model folder's `generation_config.json` says.
    ///
    /// Without `do_sample` the temperature is 0, whatever the file's; its top-k, top-p and min-p are kept for whoever asks for
    /// sampling. Null means the default, as there.
    ///
    /// - Parameter source: the file's path, for messages.
    /// - Returns: the options, and the keys that would change answers and are not supported here, for a warning.
    /// - Throws: `FileError` naming the key whose value does not fit; `PluginError.configuration` for one out of range.
    public static func huggingFace(
        _ json: JSONObject, source: String
    ) throws -> (options: GenerationOptions, unsupported: [String]) {
        let file = GenerationFile(json: json, source: source)
        var options = GenerationOptions()
        let isSampling = try file.boolean("do_sample") ?? false
        options.temperature = isSampling ? try file.number("temperature") ?? 1 : 0
        options.maximumTokens = try file.integer("max_new_tokens") ?? options.maximumTokens
        options.topK = try file.integer("top_k") ?? options.topK
        options.topP = try file.number("top_p") ?? options.topP
        options.minP = try file.number("min_p") ?? options.minP
        options.repetitionPenalty =
            try file.number("repetition_penalty") ?? options.repetitionPenalty
        options.beams = try file.integer("num_beams") ?? options.beams
        options.lengthPenalty = try file.number("length_penalty") ?? options.lengthPenalty
        options.stop = try file.list("stop_strings", "strings", \.stringValue)
        options.endIDs = try file.list("eos_token_id", "whole numbers", \.intValue)
        switch file.value("early_stopping") {
        case nil, .bool(false): break
        case .bool(true): options.earlyStopping = .whenFull
        case .string("never"): options.earlyStopping = .never
        case let other?: throw file.misfit("early_stopping", "true, false or \"never\"", other)
        }
        try options.check()
        return (options, file.unsupported)
    }
}

/// Reads the keys of one `generation_config.json`.
private struct GenerationFile {
    let json: JSONObject
    let source: String

    /// Settings that change what is generated, with the values that change nothing.
    static let foreign: [(key: String, neutral: [JSONValue])] = [
        ("min_length", [0]), ("min_new_tokens", [0]), ("no_repeat_ngram_size", [0]),
        ("typical_p", [1, .number(1)]), ("epsilon_cutoff", [0, .number(0)]),
        ("eta_cutoff", [0, .number(0)]), ("top_h", []), ("penalty_alpha", [0, .number(0)]),
        ("encoder_repetition_penalty", [1, .number(1)]), ("num_beam_groups", [1]),
        ("diversity_penalty", [0, .number(0)]), ("guidance_scale", [1, .number(1)]),
        ("bad_words_ids", []), ("sequence_bias", []), ("suppress_tokens", []),
        ("begin_suppress_tokens", []), ("forced_bos_token_id", []), ("forced_eos_token_id", []),
        ("exponential_decay_length_penalty", []), ("remove_invalid_values", [false]),
        ("max_time", []), ("constraints", []), ("force_words_ids", []),
        ("watermarking_config", []),
    ]

    var unsupported: [String] {
        Self.foreign.filter { key, neutral in
            value(key).map { !neutral.contains($0) } ?? false
        }.map(\.key)
    }

    /// The value of a key; nil if it is missing or null.
    func value(_ key: String) -> JSONValue? {
        // Null is also how a JSON literal is spelt nil, so it is told apart by name.
        guard let value = json[key], value != JSONValue.null else { return Optional.none }
        return value
    }

    func boolean(_ key: String) throws -> Bool? { try read(key, "true or false", \.boolValue) }
    func integer(_ key: String) throws -> Int? { try read(key, "a whole number", \.intValue) }
    func number(_ key: String) throws -> Double? { try read(key, "a number", \.doubleValue) }

    /// A list, or one value that stands for a list of one; empty if it is missing.
    func list<Value>(_ key: String, _ expected: String, _ read: (JSONValue) -> Value?) throws
        -> [Value]
    {
        guard let value = value(key) else { return [] }
        return try (value.arrayValue ?? [value]).map {
            guard let item = read($0) else { throw misfit(key, "a list of \(expected)", $0) }
            return item
        }
    }

    func misfit(_ key: String, _ expected: String, _ got: JSONValue) -> FileError {
        FileError.badData(
            source, "the value of '\(key)' does not fit", expected: expected, got: got.kindName)
    }

    private func read<Value>(
        _ key: String, _ expected: String, _ read: (JSONValue) -> Value?
    ) throws -> Value? {
        guard let value = value(key) else { return nil }
        guard let result = read(value) else { throw misfit(key, expected, value) }
        return result
    }
}
