import HireFiles

extension ScriptValue {
    /// The value that JSON stands for; null becomes nil.
    public init(_ json: JSONValue) {
        switch json {
        case .null: self = .none
        case .bool(let flag): self = .boolean(flag)
        case .integer(let integer): self = .integer(Int(integer))
        case .number(let number): self = .number(number)
        case .string(let text): self = .string(text)
        case .array(let items): self = .list(items.map(ScriptValue.init))
        case .object(let object):
            self = .table(object.members.map { (key: $0.key, value: ScriptValue($0.value)) })
        }
    }

    /// The value as JSON.
    ///
    /// - Parameter path: what an error calls it.
    /// - Throws: `ScriptError.message` for tensors, objects and functions.
    public func json(_ path: String = "the value") throws -> JSONValue {
        switch self {
        case .none: return .null
        case .boolean(let flag): return .bool(flag)
        case .integer(let integer): return .integer(Int64(integer))
        case .number(let number): return .number(number)
        case .string(let text): return .string(text)
        case .list(let items):
            return .array(try items.enumerated().map { try $1.json("\(path)[\($0 + 1)]") })
        case .table(let fields):
            return .object(
                JSONObject(try fields.map { ($0.key, try $0.value.json("\(path).\($0.key)")) }))
        case .tensor, .object, .function:
            throw ScriptError.message(
                "\(path) must be plain data (numbers, texts, booleans, tables), got a \(typeName).")
        }
    }

    /// A table with named fields from pairs.
    public static func fields(_ pairs: [(String, ScriptValue)]) -> ScriptValue {
        .table(pairs.map { (key: $0.0, value: $0.1) })
    }
}

extension ScriptArguments {
    /// Named fields as a JSON object; an empty list counts as an empty table.
    ///
    /// - Throws: `ScriptError` for anything that is not plain data.
    public func jsonObject(_ name: String) throws -> JSONObject {
        JSONObject(try table(name).map { ($0.key, try $0.value.json("\(name).\($0.key)")) })
    }

    /// The given ones of several options as one JSON object, so that a configuration can check them.
    ///
    /// - Parameter defaults: tells tables from lists where a script wrote `{}`.
    public func jsonObject(of options: [ScriptParameter], defaults: JSONObject) throws -> JSONObject
    {
        var object = JSONObject()
        for option in options where has(option.name) {
            let json = try value(option.name).json(option.name)
            let isEmpty = json == .array([])
            object[option.name] =
                isEmpty && defaults[option.name]?.objectValue != nil ? .object(JSONObject()) : json
        }
        return object
    }
}
