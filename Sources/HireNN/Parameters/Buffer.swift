import HireArray
import HireTensor

/// Numbers that belong to a module's state but are not trained, such as running statistics.
public final class Buffer {
    /// The name within its module.
    public let name: String
    /// Extents, outermost first.
    public let shape: Shape
    /// The element type.
    public let dtype: DType
    /// How the numbers begin.
    public let initializer: Initializer
    /// Whether checkpoints hold it.
    public let isPersistent: Bool
    /// Where the numbers live.
    public let context: Context

    private weak var scope: ModuleScope?
    private var array: NDArray?

    init(
        _ name: String, _ shape: Shape, _ dtype: DType, _ initializer: Initializer,
        isPersistent: Bool, scope: ModuleScope, in context: Context
    ) {
        self.name = name
        self.shape = shape
        self.dtype = dtype
        self.initializer = initializer
        self.isPersistent = isPersistent
        self.context = context
        self.scope = scope
    }

    /// The dotted path from the root of the tree.
    public var path: String {
        let above = scope?.path ?? ""
        return above.isEmpty ? name : "\(above).\(name)"
    }

    /// The numbers, as a constant.
    ///
    /// - Throws: `ArrayError.memory`.
    public var tensor: Tensor {
        get throws {
            if let array { return Tensor(array, in: context) }
            try initialize(from: context.random)
            return try self.tensor
        }
    }

    /// Fills the buffer from its initializer; one that was made from a tensor keeps its numbers.
    ///
    /// - Throws: `ArrayError.memory`.
    public func initialize(from source: RandomSource) throws {
        if isGiven { return }
        let fresh = try context.backend.allocate(shape, dtype)
        try initializer.fill(fresh, on: context.backend, from: source.named(path))
        array = fresh
    }

    /// Takes over the numbers of an array; another dtype is converted.
    ///
    /// - Throws: `ArrayError.shape` if the shape differs.
    public func assign(_ values: NDArray) throws {
        guard values.shape == shape else {
            throw ArrayError.shape(
                operation: "assign to \(path)", expected: "shape \(shape)", got: "\(values.shape)")
        }
        if values.dtype == dtype {
            array = try context.backend.contiguous(values)
        } else {
            let converted = try context.backend.allocate(shape, dtype)
            context.backend.copy(values, into: converted)
            array = converted
        }
    }

    private var isGiven = false

    func hold(_ values: NDArray) {
        array = values
        isGiven = true
    }
}
