/// A function that lives in the scripting language and can be called from Swift.
public protocol ScriptCallable: AnyObject {
    /// Calls it; an error in the script is thrown with its file and line.
    func call(_ arguments: [ScriptValue]) throws -> [ScriptValue]
    /// What it computes with, as far as the language knows: SHA-256 in hexadecimal by name.
    func sources() throws -> ScriptSources
}

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

extension ScriptCallable {
    /// Nothing is known.
    public func sources() throws -> ScriptSources { ScriptSources() }
}
