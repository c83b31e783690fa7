import HireFiles
import HireVLM

extension ScriptValue {
    /// The value that JSON stands for; null becomes nil.
    init(_ json: JSONValue) {
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

    /// The same value as JSON.
    ///
    /// - Throws: `ScriptError.message` for tensors, objects and functions.
    func json() throws -> JSONValue {
        switch self {
        case .none: return .null
        case .boolean(let flag): return .bool(flag)
        case .integer(let integer): return .integer(Int64(integer))
        case .number(let number): return .number(number)
        case .string(let text): return .string(text)
        case .list(let items): return .array(try items.map { try $0.json() })
        case .table(let fields):
            return .object(JSONObject(try fields.map { ($0.key, try $0.value.json()) }))
        case .tensor, .object, .function:
            throw ScriptError.message("A \(typeName) cannot be written as JSON.")
        }
    }
}
