/// Digests of the text behind a scripted function.
public struct ScriptSources: Sendable, Equatable {
    /// Of the function's own compiled code; nil where there is none to be had.
    public var function: String?
    /// Of every module that was required from a file, by the name under which it was.
    public var modules: [String: String]
    /// What the function reaches outside itself, by name: plain values as text, functions by their code, others by kind.
    public var values: [String: String]

    /// Digests from their parts.
    public init(
        function: String? = nil, modules: [String: String] = [:], values: [String: String] = [:]
    ) {
        self.values = values
        self.function = function
        self.modules = modules
    }
}
