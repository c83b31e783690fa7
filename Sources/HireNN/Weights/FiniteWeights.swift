import HireArray
import HireFiles

/// Weights that are searched for NaN and infinity when they are read.
public struct FiniteWeights: WeightSource {
    private let source: any WeightSource
    private let label: String

    /// A source that is searched; the label names it in messages.
    public init(_ source: any WeightSource, label: String) {
        self.source = source
        self.label = label
    }

    /// All names, in the source's order.
    public var names: [String] { source.names }

    /// The shape under a name.
    public func shape(of name: String) -> Shape? { source.shape(of: name) }

    /// The dtype under a name.
    public func dtype(of name: String) -> DType? { source.dtype(of: name) }

    /// The array under a name.
    ///
    /// - Throws: `FileError` naming the tensor if a number in it is not finite; what the source throws.
    public func tensor(_ name: String) throws -> NDArray {
        let array = try source.tensor(name)
        try Self.check(array, name, label)
        return array
    }

    /// Refuses an array that holds a number that is not finite.
    ///
    /// - Throws: `FileError` naming the source, the tensor and the element, counted from 1.
    public static func check(_ array: NDArray, _ name: String, _ label: String) throws {
        guard let index = array.firstNotFinite() else { return }
        throw FileError.badData(
            label, "the tensor '\(name)' holds a number that is not finite",
            expected: "finite weights", got: "NaN or infinity at element \(index + 1)")
    }
}
