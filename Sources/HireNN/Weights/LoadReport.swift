import HireArray
import HireFiles

/// What came of loading weights into a module; printed, it is a table with the nearest names.
public struct LoadReport: Sendable, CustomStringConvertible {
    /// A name whose shape in the source differs from the module's.
    public struct Mismatch: Sendable, Equatable {
        /// The name.
        public let name: String
        /// The module's shape.
        public let expected: Shape
        /// The source's shape.
        public let got: Shape
    }

    /// Names that were loaded.
    public internal(set) var loaded: [String] = []
    /// Names the module has and the source has not.
    public internal(set) var missing: [String] = []
    /// Names the source has and the module has not.
    public internal(set) var unexpected: [String] = []
    /// Names with different shapes.
    public internal(set) var mismatched: [Mismatch] = []

    /// Whether every name of either side was loaded.
    public var isComplete: Bool { missing.isEmpty && unexpected.isEmpty && mismatched.isEmpty }

    /// A sentence, and one line per name that does not fit.
    public var description: String {
        if isComplete { return "\(loaded.count) weights loaded." }
        var lines = [
            "The weights do not fit the model: \(missing.count) missing, \(unexpected.count) unexpected, "
                + "\(mismatched.count) of another shape, \(loaded.count) that fit."
        ]
        for name in missing.prefix(Self.shown) {
            let near = NearestNames.nearest(to: name, among: unexpected, limit: 1)
            lines.append(
                "  missing     \(name)" + (near.first.map { "   (the source has '\($0)')" } ?? ""))
        }
        lines += more(missing.count)
        for name in unexpected.prefix(Self.shown) {
            let near = NearestNames.nearest(to: name, among: missing, limit: 1)
            lines.append(
                "  unexpected  \(name)" + (near.first.map { "   (the model has '\($0)')" } ?? ""))
        }
        lines += more(unexpected.count)
        for item in mismatched.prefix(Self.shown) {
            lines.append("  shape       \(item.name)   expected \(item.expected), got \(item.got)")
        }
        lines += more(mismatched.count)
        return lines.joined(separator: "\n")
    }

    private static let shown = 40

    private func more(_ count: Int) -> [String] {
        count > Self.shown ? ["  … and \(count - Self.shown) more"] : []
    }
}
