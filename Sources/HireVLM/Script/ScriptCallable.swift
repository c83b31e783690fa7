/// A function that lives in the scripting language and can be called from Swift.
public protocol ScriptCallable: AnyObject {
    /// Calls it; an error in the script is thrown with its file and line.
    func call(_ arguments: [ScriptValue]) throws -> [ScriptValue]
    /// What it computes with, as far as the language knows: SHA-256 in hexadecimal by name.
    func sources() throws -> ScriptSources
}

extension ScriptCallable {
    /// Nothing is known.
    public func sources() throws -> ScriptSources { ScriptSources() }
}
