/// A fixed value in a library, such as `hire.version`.
public struct ScriptConstant: Sendable {
    /// The field's name.
    public let name: String
    /// One sentence on what it is.
    public let summary: String
    /// The value.
    public let value: String

    /// A constant text.
    public init(_ name: String, _ value: String, _ summary: String) {
        self.name = name
        self.value = value
        self.summary = summary
    }
}
