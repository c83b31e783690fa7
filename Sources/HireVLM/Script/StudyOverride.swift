import HireFiles

/// `key=value` or `key=value,value` on the command line: values put over what a study's script says.
public struct StudyOverride: Sendable, Equatable {
    /// A dotted path into the study's options: `training.steps`, `recipe.enricher.stages`, `variants`, `seeds`.
    public var key: String
    /// One value replaces; several make an axis.
    public var values: [JSONValue]
    /// As it was written.
    public var text: String

    /// The values where a key takes a list: `seeds=[1,2,3]`, as a script would write it, and `seeds=1,2,3` are the same.
    public var elements: [JSONValue] { values.flatMap { $0.arrayValue ?? [$0] } }

    /// An override from its parts.
    public init(key: String, values: [JSONValue], text: String) {
        self.key = key
        self.values = values
        self.text = text
    }
}
