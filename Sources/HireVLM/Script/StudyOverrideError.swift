/// Words of the command line that are no overrides, as one sentence with an example.
public struct StudyOverrideError: Error, Equatable, CustomStringConvertible {
    /// The sentence.
    public let description: String

    /// An error that says this.
    public init(_ sentence: String) { description = sentence }
}
