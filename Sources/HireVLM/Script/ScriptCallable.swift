/// A function that lives in the scripting language and can be called from Swift.
public protocol ScriptCallable: AnyObject {
    /// Calls it; an error in the script is thrown with its file and line.
    func call(_ arguments: [ScriptValue]) throws -> [ScriptValue]
}
