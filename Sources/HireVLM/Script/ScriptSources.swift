/// Digests of the text behind a scripted function.
public struct ScriptSources: Sendable, Equatable {
    /// Of the function's own compiled code; nil where there is none to be had.
    public var function: String?
    /// Of every module that was required from a file, by the name under which it was.
    public var modules: [String: String]

    /// Digests from their parts.
    public init(function: String? = nil, modules: [String: String] = [:]) {
        self.function = function
        self.modules = modules
    }
}
