import HireFiles
import HireNN

/// Reads a vision encoder's options, whose numbers a named variant supplies where they are left at 0 or "".
public struct VisionOptions<Variant: Sendable>: Sendable {
    /// The plugin's id, for errors.
    public let plugin: String
    /// The named variant; nil for the name "".
    public let variant: Variant?

    /// Options of a plugin with a variant out of a table.
    ///
    /// - Throws: `PluginError.unknownKey` with the nearest names.
    public init(
        plugin: String, variant name: String, among table: KeyValuePairs<String, Variant>
    ) throws {
        self.plugin = plugin
        if name.isEmpty {
            variant = nil
        } else if let found = table.first(where: { $0.key == name }) {
            variant = found.value
        } else {
            throw PluginError.unknownKey(
                plugin: plugin,
                suggestion: NearestNames.sentence(
                    kind: "variant", name: name, among: table.map(\.key)))
        }
    }

    /// A whole number, at least 1; 0 gives the variant's.
    ///
    /// - Throws: `PluginError.configuration`; so do the others.
    public func number(
        _ key: String, _ value: Int, upTo limit: Int, _ path: KeyPath<Variant, Int>
    ) throws -> Int {
        let chosen = value == 0 ? variant?[keyPath: path] : value
        guard let chosen else { throw missing(key) }
        guard (1...limit).contains(chosen) else {
            throw failure(key, "must be from 1 to \(limit), got \(chosen)")
        }
        return chosen
    }

    /// A number above 0 and up to 1e6; 0 gives the variant's.
    public func number(
        _ key: String, _ value: Double, _ path: KeyPath<Variant, Double>
    ) throws -> Double {
        let chosen = value == 0 ? variant?[keyPath: path] : value
        guard let chosen else { throw missing(key) }
        guard chosen > 0, chosen <= 1e6 else {
            throw failure(key, "must be above 0 and at most 1000000, got \(chosen)")
        }
        return chosen
    }

    /// One of several names; "" gives the fallback.
    public func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: String, _ name: String, else fallback: Choice?
    ) throws -> Choice {
        if name.isEmpty {
            guard let fallback else { throw missing(key) }
            return fallback
        }
        guard let choice = Choice(rawValue: name) else {
            let known = Choice.allCases.map(\.rawValue)
            let near = NearestNames.nearest(to: name, among: known, limit: 1).first
            throw failure(
                key,
                "must be one of \(known.joined(separator: ", ")), got '\(name)'"
                    + (near.map { " (nearest: '\($0)')" } ?? ""))
        }
        return choice
    }

    /// Checks that the heads divide the width.
    public func require(heads: Int, dividing width: Int) throws {
        guard width % heads == 0 else {
            throw failure(
                "num_attention_heads", "must divide hidden_size \(width), got \(heads)")
        }
    }

    /// The sides of the native grid and of the one to compute: patches that fit the picture, as a convolution without
    /// padding counts them.
    ///
    /// Only the native size may leave a margin (SigLIP's 384 pixels hold 27 patches of 14).
    ///
    /// - Parameter resolution: side of the pictures to encode; 0 means `imageSize`.
    public func grids(
        imageSize: Int, patch: Int, resolution: Int
    ) throws -> (native: Int, target: Int, resolution: Int) {
        let native = imageSize / patch
        guard native > 0 else {
            throw failure("patch_size", "must be at most image_size \(imageSize), got \(patch)")
        }
        let side = resolution == 0 ? imageSize : resolution
        guard (1...VisionLimits.resolution).contains(side) else {
            throw failure(
                "resolution", "must be 0 or from 1 to \(VisionLimits.resolution), got \(side)")
        }
        guard side == imageSize || side % patch == 0 else {
            let below = side / patch * patch
            let near = below > 0 ? "\(below) or \(below + patch)" : "\(patch)"
            throw failure(
                "resolution",
                "must be image_size \(imageSize) or a multiple of patch_size \(patch), "
                    + "such as \(near), got \(side)")
        }
        return (native, side / patch, side)
    }

    /// A failure of one option.
    public func failure(_ key: String, _ problem: String) -> PluginError {
        .configuration(plugin: plugin, key: key, problem: problem)
    }

    private func missing(_ key: String) -> PluginError {
        failure(key, "must be given where no variant is named")
    }
}
