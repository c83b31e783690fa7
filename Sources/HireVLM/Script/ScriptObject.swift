/// A Swift object that scripts can hold and call methods on.
public protocol ScriptObject: AnyObject {
    /// Name, methods and properties: everything a binding, the manual and `help` need.
    static var scriptClass: ScriptClass { get }
    /// One line for `tostring(object)`.
    var scriptDescription: String { get }
}
