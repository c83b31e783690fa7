import HireFiles
import HireNN
import HireVLM

/// Base and scaling of the rotary angles, out of the three places where config.json may state them.
struct RotaryOptions {
    /// The base; 0 if nothing states it.
    let theta: Double
    /// The scaling.
    let scaling: RotaryScaling

    /// The keys that each `rope_type` reads besides those of all.
    private static let keys: [String: [String]] = [
        "default": [],
        "linear": ["factor"],
        "dynamic": ["factor", "original_max_position_embeddings"],
        "llama3": [
            "factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings",
        ],
    ]
    private static let commonKeys = ["rope_type", "type", "rope_theta", "partial_rotary_factor"]

    /// Reads `rope_parameters` (transformers 5), `rope_scaling` (transformers 4) and `rope_theta`.
    ///
    /// `dynamic` changes nothing up to `positions`, and longer sequences are refused, so it is the plain rotation here.
    ///
    /// - Throws: `PluginError` naming the key, with the nearest names.
    init(
        parameters: RopeOptions, scaling old: RopeOptions, theta: Double, positions: Int,
        plugin: String
    ) throws {
        let isNew = !parameters.entries.isEmpty
        if isNew, !old.entries.isEmpty, parameters != old {
            throw PluginError.configuration(
                plugin: plugin, key: "rope_scaling",
                problem: "must be left out where rope_parameters says something else")
        }
        let reader = Reader(
            options: isNew ? parameters : old, name: isNew ? "rope_parameters" : "rope_scaling",
            plugin: plugin)
        let type = try reader.type(among: Self.keys.keys.sorted())
        try reader.requireKeys(Self.commonKeys + (Self.keys[type] ?? []), type)
        if let part = try reader.number("partial_rotary_factor"), part != 1 {
            throw reader.problem("partial_rotary_factor", "must be 1, got \(part)")
        }
        let own = try reader.number("rope_theta") ?? 0
        if own != 0, theta != 0, own != theta {
            throw reader.problem("rope_theta", "is \(own), but beside it rope_theta is \(theta)")
        }
        self.theta = own == 0 ? theta : own
        scaling = try Self.scaling(type, reader, positions)
    }

    private static func scaling(
        _ type: String, _ reader: Reader, _ positions: Int
    ) throws -> RotaryScaling {
        guard type == "linear" || type == "llama3" else { return .none }
        let factor = try reader.require("factor")
        guard factor >= 1, factor.isFinite else {
            throw reader.problem("factor", "must be at least 1, got \(factor)")
        }
        if type == "linear" { return .linear(factor: factor) }
        let low = try reader.require("low_freq_factor")
        let high = try reader.require("high_freq_factor")
        guard low > 0, high > low, high.isFinite else {
            throw reader.problem(
                "high_freq_factor",
                "must exceed low_freq_factor, which must be positive, got \(high) and \(low)")
        }
        let original =
            try reader.number("original_max_position_embeddings") ?? Double(positions)
        guard original >= 1, original <= Double(1 << 24) else {
            throw reader.problem(
                "original_max_position_embeddings", "must be between 1 and \(1 << 24)")
        }
        return .llama3(factor: factor, low: low, high: high, original: Int(original))
    }
}

/// Reads the entries of one object and names it in errors.
private struct Reader {
    let options: RopeOptions
    let name: String
    let plugin: String

    /// `rope_type`, or `type` as it was called before.
    func type(among known: [String]) throws -> String {
        let key = options.entries["rope_type"] == nil ? "type" : "rope_type"
        guard let entry = options.entries[key] else { return "default" }
        guard case .word(let type) = entry else { throw problem(key, "must be a word") }
        guard known.contains(type) else {
            throw PluginError.unknownKey(
                plugin: plugin,
                suggestion: NearestNames.sentence(
                    kind: "rope_type of \(name)", name: type, among: known))
        }
        return type
    }

    func requireKeys(_ known: [String], _ type: String) throws {
        for key in options.entries.keys.sorted() where !known.contains(key) {
            throw PluginError.unknownKey(
                plugin: plugin,
                suggestion: NearestNames.sentence(
                    kind: "\(name) key for rope_type \(type)", name: key, among: known))
        }
    }

    func number(_ key: String) throws -> Double? {
        guard let entry = options.entries[key] else { return nil }
        guard case .number(let value) = entry else { throw problem(key, "must be a number") }
        return value
    }

    func require(_ key: String) throws -> Double {
        guard let value = try number(key) else { throw problem(key, "is missing") }
        return value
    }

    func problem(_ key: String, _ problem: String) -> PluginError {
        .configuration(plugin: plugin, key: "\(name).\(key)", problem: problem)
    }
}
