import HireArray

/// An array that remembers how it was computed: the type all model code is written with.
public struct Tensor {
    /// The numbers.
    public let array: NDArray
    /// Back-end, gradient recording, random source.
    public let context: Context
    let node: GraphNode?

    /// A constant: no gradient flows to it.
    public init(_ array: NDArray, in context: Context) {
        self.array = array
        self.context = context
        self.node = nil
    }

    init(_ array: NDArray, in context: Context, node: GraphNode?) {
        self.array = array
        self.context = context
        self.node = node
    }

    /// A leaf that collects its gradient in `gradient` when `backward` runs: a parameter, or an input under study.
    public static func variable(_ array: NDArray, in context: Context) -> Tensor {
        precondition(
            array.dtype.isFloatingPoint, "Only floating-point tensors can require gradients.")
        return Tensor(array, in: context, node: GraphNode(leafNumber: context.nextNodeNumber()))
    }

    /// Extents, outermost first.
    public var shape: Shape { array.shape }
    /// The number of axes.
    public var rank: Int { array.rank }
    /// The number of elements.
    public var count: Int { array.count }
    /// The element type.
    public var dtype: DType { array.dtype }
    /// The back-end of the context.
    public var backend: any Backend { context.backend }
    /// Whether a gradient would flow through this tensor.
    public var requiresGradient: Bool { node != nil }

    /// The gradient a leaf has collected so far.
    public var gradient: Tensor? { node?.gradient }

    /// Forgets the collected gradient.
    public func clearGradient() { node?.gradient = nil }

    /// The same numbers without history.
    public func detached() -> Tensor { Tensor(array, in: context) }

    /// Every element in row-major order as Float.
    public func floats() throws -> [Float] { try array.floats() }

    /// The single element of a tensor with one element.
    ///
    /// - Throws: `ArrayError.shape` for any other count.
    public func item() throws -> Double {
        guard count == 1 else {
            throw ArrayError.shape(operation: "item", expected: "one element", got: "\(shape)")
        }
        return try array.doubles()[0]
    }
}
