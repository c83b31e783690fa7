/// The operators that objects may take part in.
///
/// The function gets both operands (or the one), either of which may be
/// the object.
public enum ScriptOperator: String, Sendable, CaseIterable {
    case add, subtract, multiply, divide, power, negate, length

    /// How manuals write it.
    public var symbol: String {
        switch self {
        case .add: "+"
        case .subtract: "-"
        case .multiply: "*"
        case .divide: "/"
        case .power: "^"
        case .negate: "-"
        case .length: "#"
        }
    }
}
