/// A value on the stack of a pickle.
///
/// What has parts is a number in the heap, so values are flat: a pickle may nest or contain itself as it likes, and neither
/// copying nor releasing a value ever recurses.
enum PickleValue {
    case none
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case text(Int)
    case tuple(Int)
    case list(Int)
    case dictionary(Int)
    case global(TorchGlobal)
    case storage(Int)
    case tensor(Int)

    /// What messages call it.
    var kindName: String {
        switch self {
        case .none: "None"
        case .bool: "a bool"
        case .integer: "an integer"
        case .number: "a number"
        case .text: "a string"
        case .tuple: "a tuple"
        case .list: "a list"
        case .dictionary: "a dictionary"
        case .global: "a class or function"
        case .storage: "a storage"
        case .tensor: "a tensor"
        }
    }

    /// The whole number, or nil.
    var integerValue: Int? {
        if case .integer(let value) = self { return Int(value) }
        return nil
    }
}
