import HireFiles

/// What a plugin says about itself.
public struct PluginManifest: Sendable {
    /// The name by which recipes and scripts ask for it, kebab-case.
    public let id: String
    /// What it provides.
    public let kind: PluginKind
    /// One sentence.
    public let summary: String
    /// Where the method comes from: paper section, equation, or public source.
    public let reference: String
    /// Where the plugin comes from: "built in", or the path of a Lua file.
    public let origin: String
    /// Of an enricher: whether it uses the high view, so that one is made by default.
    public let usesHighView: Bool

    /// A manifest; `origin` is left out by built-in plugins.
    public init(
        id: String, kind: PluginKind, summary: String, reference: String = "",
        origin: String = "built in", usesHighView: Bool = true
    ) {
        self.id = id
        self.kind = kind
        self.summary = summary
        self.reference = reference
        self.origin = origin
        self.usesHighView = usesHighView
    }
}
