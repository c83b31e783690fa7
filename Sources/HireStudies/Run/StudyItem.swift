import HireFiles

/// The smallest thing that a study finishes or does not: one variant at one point of the axes with one seed, or one
/// stretch of the samples of a capture.
///
/// Its identity is the hash of everything that determines its numbers, so an item that is found finished need not be
/// looked at twice, whoever computed it and in whichever order.
public struct StudyItem: Sendable, Equatable {
    /// What people call it, unique inside a study: "hire training.steps=100 seed=2".
    public let label: String
    /// The label without the seed: items that share it are averaged in tables.
    public let group: String
    /// The variant that it runs; the group where a study has no variants.
    public let variant: String
    /// Values on the study's axes, by key, in the order of the axes.
    public let axes: JSONObject
    /// The seed, where the study has one.
    public let seed: Int?
    /// Everything that determines its numbers: choices and options, digests of data, models and Lua sources, the seed, the
    /// version of the toolkit's numbers.
    public let configuration: Configuration
    /// The first 16 hexadecimal digits of the SHA-256 of the configuration's canonical text.
    public let id: String

    /// An item from its parts.
    ///
    /// - Throws: `JSONError` for a configuration with numbers that JSON cannot express.
    public init(
        label: String, group: String? = nil, variant: String? = nil,
        axes: JSONObject = JSONObject(),
        seed: Int? = nil, configuration: Configuration
    ) throws {
        self.label = label
        self.group = group ?? label
        self.variant = variant ?? group ?? label
        self.axes = axes
        self.seed = seed
        self.configuration = configuration
        id = String(try configuration.digest().prefix(16))
    }

    /// The item's folder, relative to the run's: a readable part and the id, so that no other item ever writes there.
    public var folder: String {
        let readable = label.map { character in
            character.isASCII
                && (character.isLetter || character.isNumber || "._-".contains(character))
                ? character : "-"
        }
        return "items/\(String(readable.prefix(60))).\(id)"
    }

    /// How the paths of folders begin in which attempts write until they are done, relative to the run's.
    var attempts: String { "items/.\(id)." }
}
