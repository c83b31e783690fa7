/// The value of one argument of an operation.
public enum OpValue {
    case absent
    case tensor(Tensor)
    case tensors([Tensor])
    case integer(Int)
    case integers([Int])
    case number(Double)
    case flag(Bool)
    case choice(String)

    /// What messages call this value's type.
    public var typeName: String {
        switch self {
        case .absent: "nothing"
        case .tensor: "a tensor"
        case .tensors: "a list of tensors"
        case .integer(let value): "the whole number \(value)"
        case .integers(let values): "the whole numbers \(values)"
        case .number(let value): "the number \(value)"
        case .flag(let value): "\(value)"
        case .choice(let name): "\"\(name)\""
        }
    }
}
