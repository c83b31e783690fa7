/// What can go wrong with numbers: every case prints as one full sentence.
public enum ArrayError: Error, Equatable, CustomStringConvertible {
    /// Shapes that do not fit an operation.
    case shape(operation: String, expected: String, got: String)
    /// A dtype an operation does not take.
    case dtype(operation: String, expected: String, got: String)
    /// An index, dimension or range outside what exists.
    case index(operation: String, what: String, got: Int, range: String)
    /// An argument with a value that makes no sense.
    case argument(operation: String, name: String, expected: String, got: String)
    /// Values asked of an array that has none, because only shapes are being computed.
    case noValues(operation: String)
    /// A request for memory that cannot be met.
    case memory(bytes: Int, shape: [Int])

    /// The sentence.
    public var description: String {
        switch self {
        case .shape(let operation, let expected, let got):
            "\(operation): expected \(expected), got \(got)."
        case .dtype(let operation, let expected, let got):
            "\(operation): expected dtype \(expected), got \(got)."
        case .index(let operation, let what, let got, let range):
            "\(operation): \(what) \(got) is outside \(range)."
        case .argument(let operation, let name, let expected, let got):
            "\(operation): \(name) must be \(expected), got \(got)."
        case .noValues(let operation):
            "\(operation): values were asked for, but \(Self.onlyShapes) here "
                + "(a cost or dry run holds no numbers)."
        case .memory(let bytes, let shape):
            "A tensor of shape \(shape) would need \(bytes) bytes, more than may be allocated."
        }
    }

    /// How `noValues` gives its reason; it stays recognisable where an error became text on its way through a script.
    public static let onlyShapes = "only shapes are being computed"
}
