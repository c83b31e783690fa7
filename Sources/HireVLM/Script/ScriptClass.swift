/// Describes the objects of one Swift type to scripts.
public struct ScriptClass: Sendable {
    /// The name in manuals and messages, such as "hire.Pipeline".
    public let name: String
    /// One sentence on what it is.
    public let summary: String
    /// Methods; the first argument of each body is the object, as `arguments.receiver`.
    public let methods: [ScriptFunction]
    /// Read-only fields.
    public let properties: [ScriptProperty]
    /// What `object(…)` does, if the object can be called.
    public let call: ScriptFunction?
    /// What arithmetic with the object does.
    public let operators: [ScriptOperator: ScriptFunction]

    /// A class given its members.
    public init(
        name: String, summary: String, methods: [ScriptFunction],
        properties: [ScriptProperty] = [], call: ScriptFunction? = nil,
        operators: [ScriptOperator: ScriptFunction] = [:]
    ) {
        self.name = name
        self.summary = summary
        self.methods = methods
        self.properties = properties
        self.call = call
        self.operators = operators
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
