import HireVLM

/// Something that would stop a study later, found before it starts.
public struct StudyProblem: Sendable, Equatable, CustomStringConvertible {
    /// The variant's place in the list, from 0; nil for a problem of the whole study.
    public var variant: Int?
    /// The variant's name, as far as it is known.
    public var name: String
    /// A full sentence.
    public var message: String

    /// A problem of a variant, or of the study.
    public init(variant: Int?, name: String = "", _ message: String) {
        self.variant = variant
        self.name = name
        self.message = message
    }

    /// The variant's place, counted from 1, its name, and the sentence.
    public var description: String {
        guard let variant else { return message }
        return "variants[\(variant + 1)]" + (name.isEmpty ? "" : " '\(name)'") + ": \(message)"
    }
}
