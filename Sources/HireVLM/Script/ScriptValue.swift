import HireTensor

/// A value that crosses between Swift and a scripting language: a closed set, independent of any binding.
public enum ScriptValue {
    case none
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case list([ScriptValue])
    /// Named fields; order is kept where the script gave one and is sorted by name otherwise.
    case table([(key: String, value: ScriptValue)])
    case tensor(Tensor)
    case object(any ScriptObject)
    case function(any ScriptCallable)

    /// What messages call this value's type.
    public var typeName: String {
        switch self {
        case .none: "nil"
        case .boolean: "boolean"
        case .integer: "integer"
        case .number: "number"
        case .string: "string"
        case .list: "list"
        case .table: "table"
        case .tensor: "tensor"
        case .object(let object): type(of: object).scriptClass.name
        case .function: "function"
        }
    }
}
