/// The types a scripted function's parameters and results can have.
public indirect enum ScriptType: Sendable, Equatable {
    case any, boolean, integer, number, string, tensor, function, table
    /// A path in the file system, given as a string.
    case path
    /// A dimension of a tensor: 1-based in scripts (negative counts from the end), 0-based in Swift.
    case dimension
    /// Several dimensions.
    case dimensions
    /// A position along a dimension: 1-based in scripts, 0-based in Swift.
    case index
    /// A sequence of one type.
    case list(ScriptType)
    /// One of several names.
    case choice([String])
    /// An object of the named class.
    case object(String)
    /// A glob, a function over names, or a table of globs with named options behind them; the table crosses with its globs
    /// in a list under the empty name.
    case pattern
    /// One of several types, tried in order.
    case either([ScriptType])

    /// How manuals and messages write the type.
    public var description: String {
        switch self {
        case .any: "any"
        case .boolean: "boolean"
        case .integer: "integer"
        case .number: "number"
        case .string, .path: "string"
        case .tensor: "hire.Tensor"
        case .function: "function"
        case .table: "table"
        case .dimension, .index: "integer"
        case .dimensions: "integer[]"
        case .list(let element): "\(element.description)[]"
        case .choice(let names): names.map { "\"\($0)\"" }.joined(separator: "|")
        case .object(let name): name
        case .pattern: "string|table|function"
        case .either(let types): types.map(\.description).joined(separator: "|")
        }
    }
}
