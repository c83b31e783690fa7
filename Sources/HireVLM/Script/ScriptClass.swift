/// Describes the objects of one Swift type to scripts.
public struct ScriptClass: Sendable {
    /// The name in manuals and messages, such as "hire.Pipeline".
    public let name: String
    /// One sentence on what it is.
    public let summary: String
    /// The more general class, whose methods and fields objects of this one have too.
    public var base: ScriptClass? { bases.first }
    private let bases: [ScriptClass]
    /// Methods besides those of the base; the first argument of each body is the object, as `arguments.receiver`.
    public let methods: [ScriptFunction]
    /// Read-only fields besides those of the base.
    public let properties: [ScriptProperty]
    /// What `object(…)` does, if the object can be called.
    public let call: ScriptFunction?
    /// What arithmetic with the object does.
    public let operators: [ScriptOperator: ScriptFunction]

    /// A class given its members.
    public init(
        name: String, summary: String, base: ScriptClass? = nil, methods: [ScriptFunction],
        properties: [ScriptProperty] = [], call: ScriptFunction? = nil,
        operators: [ScriptOperator: ScriptFunction] = [:]
    ) {
        self.name = name
        self.summary = summary
        self.bases = base.map { [$0] } ?? []
        self.methods = methods
        self.properties = properties
        self.call = call
        self.operators = operators
    }

    /// Methods, those of the base first.
    public var allMethods: [ScriptFunction] { (base?.allMethods ?? []) + methods }
    /// Fields, those of the base first.
    public var allProperties: [ScriptProperty] { (base?.allProperties ?? []) + properties }
    /// What calling an object does, here or in the base.
    public var callOrInherited: ScriptFunction? { call ?? base?.callOrInherited }

    /// Whether objects of this class are also of the named one.
    public func isKind(of name: String) -> Bool {
        self.name == name || base?.isKind(of: name) == true
    }
}

/// A read-only field of a scripted object.
public struct ScriptProperty: Sendable {
    /// The field's name.
    public let name: String
    /// One sentence on what it holds.
    public let summary: String
    /// The type, for manuals and annotations.
    public let type: ScriptType
    /// Reads the field.
    public let get: @Sendable (any ScriptObject) throws -> ScriptValue

    /// A field with its reader.
    public init(
        _ name: String, _ type: ScriptType, _ summary: String,
        get: @escaping @Sendable (any ScriptObject) throws -> ScriptValue
    ) {
        self.name = name
        self.type = type
        self.summary = summary
        self.get = get
    }
}
