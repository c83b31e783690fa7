/// A named group of functions and classes: one table under `hire` in scripts.
public struct ScriptLibrary: Sendable {
    /// The name under `hire`, such as "image"; empty for functions directly in `hire`.
    public let name: String
    /// One sentence on what it is for.
    public let summary: String
    /// Its functions.
    public let functions: [ScriptFunction]
    /// Classes of the objects its functions return.
    public let classes: [ScriptClass]
    /// Its fixed values.
    public let constants: [ScriptConstant]

    /// A library given its members.
    public init(
        name: String, summary: String, functions: [ScriptFunction], classes: [ScriptClass] = [],
        constants: [ScriptConstant] = []
    ) {
        self.name = name
        self.summary = summary
        self.functions = functions
        self.classes = classes
        self.constants = constants
    }
}
