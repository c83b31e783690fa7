import HireArray
import HireTensor

/// Numbers that are NaN or infinite where a layer began or ended, found while `Context.checksFinite` is on.
public struct NotFiniteError: Error, Equatable, CustomStringConvertible {
    /// Whose numbers they are: "output", or "input" where no layer made them.
    public let side: String
    /// Which tensor of several, such as "high"; empty for the only one.
    public let name: String
    /// The tensor's shape.
    public let shape: Shape
    /// How many of its numbers are not finite.
    public let count: Int
    /// The place of the first of them along each axis, counted from 1.
    public let first: [Int]
    /// The first of them: NaN or an infinity.
    public let value: Double
    /// What is known about the reason; full sentences, or nothing.
    public let hint: String

    /// What, where, how many, and why.
    public var description: String {
        let tensor = name.isEmpty ? side : "\(side) '\(name)'"
        let number = value.isNaN ? "NaN" : value < 0 ? "-infinity" : "infinity"
        let source = side == "output" ? ", although what came in is" : ""
        return
            "the \(tensor) \(shape) is not finite\(source): \(count) of \(shape.elementCount) numbers, the first at "
            + "\(first) is \(number)." + (hint.isEmpty ? "" : " " + hint)
    }
}

extension NotFiniteError {
    /// The error for a tensor; nil if all its numbers are finite, or there are none.
    init?(_ side: String, _ name: String, _ tensor: Tensor, hint: () throws -> String) throws {
        guard tensor.array.hasValues, tensor.dtype.isFloatingPoint else { return nil }
        let array = try tensor.backend.contiguous(tensor.array)
        guard let place = array.firstNotFinite() else { return nil }
        let values = try array.doubles()
        var rest = place
        var first: [Int] = []
        for extent in tensor.shape.reversed() {
            first.insert(rest % extent + 1, at: 0)
            rest /= extent
        }
        self.init(
            side: side, name: name, shape: tensor.shape,
            count: values.reduce(0) { $0 + ($1.isFinite ? 0 : 1) }, first: first,
            value: values[place], hint: try hint())
    }
}
