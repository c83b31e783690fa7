/// The value of a parameter that is left out.
public enum OpDefault: Sendable, Equatable {
    /// Nothing, which the operation takes as "none" or "all".
    case absent
    case integer(Int)
    case integers([Int])
    case number(Double)
    case flag(Bool)
    case choice(String)

    /// The same as a value.
    public var value: OpValue {
        switch self {
        case .absent: .absent
        case .integer(let value): .integer(value)
        case .integers(let value): .integers(value)
        case .number(let value): .number(value)
        case .flag(let value): .flag(value)
        case .choice(let value): .choice(value)
        }
    }
}
