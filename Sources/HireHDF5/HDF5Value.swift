/// What an attribute holds.
public enum HDF5Value: Sendable, Equatable {
    case string(String)
    case strings([String])
    case integer(Int64)
    case integers([Int64])
    case number(Double)
    case numbers([Double])
    case bool(Bool)
}

extension HDF5Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral
{
    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A whole number.
    public init(integerLiteral value: Int64) { self = .integer(value) }
    /// A number.
    public init(floatLiteral value: Double) { self = .number(value) }
    /// A boolean.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}
