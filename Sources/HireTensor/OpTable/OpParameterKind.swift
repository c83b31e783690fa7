/// What a parameter of an operation takes.
///
/// Dimensions and positions count from 0 here; a scripting layer that counts from 1 converts them.
public enum OpParameterKind: Sendable, Equatable {
    /// A tensor of numbers (or of any dtype, for movement).
    case tensor
    /// A tensor of numbers, or none.
    case optionalTensor
    /// A tensor or a number; at least one operand of an operation is a tensor.
    case operand
    /// Several tensors.
    case tensorList
    /// An int32 tensor of zero-based positions.
    case indexTensor
    /// A bool tensor.
    case flagTensor
    /// A whole number.
    case integer
    /// Several whole numbers.
    case integers
    /// Two whole numbers (vertical, horizontal); one stands for both.
    case pair
    /// A number.
    case number
    /// True or false.
    case flag
    /// One of several names.
    case choice([String])
    /// A dimension; negative ones count from the end.
    case dimension
    /// Several dimensions.
    case dimensions
    /// A position along a dimension; negative ones count from the end.
    case index
    /// The position after the last one of a range; negative ones count from the end.
    case end
    /// A shape.
    case shape

    /// Whether a gradient can flow to it.
    public var holdsNumbers: Bool {
        switch self {
        case .tensor, .optionalTensor, .operand, .tensorList: true
        default: false
        }
    }
}
