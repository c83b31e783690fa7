/// A Swift object that scripts can hold and call methods on.
public protocol ScriptObject: AnyObject {
    /// Name, methods and properties: everything a binding, the manual and `help` need.
    static var scriptClass: ScriptClass { get }
    /// One line for `tostring(object)`.
    var scriptDescription: String { get }
    /// Objects with the same identity are one object to scripts; by default each is itself. A wrapper made anew
    /// for every use answers with what it wraps, which it must keep alive.
    var scriptIdentity: ObjectIdentifier { get }
    /// The object as a PNG picture, which notebooks show in place of text; nil for most objects.
    var scriptPicture: [UInt8]? { get }
}

extension ScriptObject {
    /// The object itself.
    public var scriptIdentity: ObjectIdentifier { ObjectIdentifier(self) }

    /// No picture, unless a type says otherwise.
    public var scriptPicture: [UInt8]? { nil }
}
