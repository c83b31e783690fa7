/// What a swap of enrichers did to the weights of enricher and projector; names are paths in the pipeline.
public struct SwapReport: Sendable, Equatable, CustomStringConvertible {
    /// A weight of the projector of which some columns were kept.
    public struct Resized: Sendable, Equatable {
        /// The path.
        public let name: String
        /// Columns before.
        public let before: Int
        /// Columns now.
        public let after: Int
        /// Columns that read E(i) and were kept.
        public let kept: Int
    }

    /// The former enricher's id.
    public internal(set) var formerEnricher = ""
    /// The new enricher's id.
    public internal(set) var enricher = ""
    /// Channels that the projector read before.
    public internal(set) var formerChannels = 0
    /// Channels that it reads now.
    public internal(set) var channels = 0
    /// Side of the high view, in pixels.
    public internal(set) var highResolution = 0
    /// What was drawn from the seed.
    public internal(set) var initialised: [String] = []
    /// What was taken over from the former enricher and projector.
    public internal(set) var kept: [String] = []
    /// What was taken over in part.
    public internal(set) var resized: [Resized] = []
    /// What was read from the given weights.
    public internal(set) var loaded: [String] = []
    /// What the former enricher and projector had and the new ones have not.
    public internal(set) var dropped: [String] = []
    /// What the given weights have besides: no such name here, or another shape.
    public internal(set) var leftOver: [String] = []
    /// Whether columns of `resized` that are not kept are zero.
    var fillsWithZeros = false

    /// A sentence, and a line for each kind of fate.
    public var description: String {
        var lines = [
            "enricher '\(formerEnricher)' -> '\(enricher)': the projector reads \(channels) channels"
                + (channels == formerChannels ? " as before" : ", before \(formerChannels)")
                + "; high view of \(highResolution) px"
        ]
        for item in resized {
            lines.append(
                Self.label("resized")
                    + "\(item.name): \(item.kept) columns of E(i) kept, \(item.after - item.kept) "
                    + (fillsWithZeros ? "zero" : "new")
                    + ", \(item.before - item.kept) gone")
        }
        for (name, paths) in [
            ("initialised", initialised), ("kept", kept), ("loaded", loaded), ("dropped", dropped),
            ("left over", leftOver),
        ] where !paths.isEmpty {
            let shown = paths.prefix(3).joined(separator: ", ")
            lines.append(
                Self.label(name) + "\(paths.count): \(shown)"
                    + (paths.count > 3 ? " and \(paths.count - 3) more" : ""))
        }
        return lines.joined(separator: "\n")
    }

    private static func label(_ name: String) -> String {
        "  " + name + String(repeating: " ", count: 13 - name.count)
    }
}
