import HireArray
import HireTensor

/// Numbers that training changes, under a name in a module.
///
/// The numbers are allocated and drawn when they are first needed, so a model can be built, counted and given weights
/// from a file without ever being initialised. Arrays are shared until an optimiser changes them in place: state
/// dicts are snapshots that cost nothing until the next step.
public final class Parameter {
    /// The name within its module.
    public let name: String
    /// Extents, outermost first.
    public let shape: Shape
    /// How the numbers begin.
    public let initializer: Initializer
    /// Where the numbers live.
    public let context: Context
    /// Whether kernels read this parameter also from float16 and bfloat16 (weights of linear layers).
    public internal(set) var allowsHalfStorage = false

    private weak var scope: ModuleScope?
    private var leaf: Tensor?
    private var isShared = false
    private var frozen = false

    init(
        _ name: String, _ shape: Shape, _ initializer: Initializer, scope: ModuleScope,
        in context: Context
    ) {
        self.name = name
        self.shape = shape
        self.initializer = initializer
        self.context = context
        self.scope = scope
    }

    /// The dotted path from the root of the tree.
    public var path: String {
        let above = scope?.path ?? ""
        return above.isEmpty ? name : "\(above).\(name)"
    }

    /// The number of elements.
    public var count: Int { shape.elementCount }

    /// Whether there are numbers yet.
    public var isInitialized: Bool { leaf != nil }

    /// The element type: as loaded, or the context's.
    public var dtype: DType { leaf?.dtype ?? context.dtype }

    /// What layers compute with: a leaf that collects gradients, or a constant while the parameter is frozen.
    ///
    /// Draws the numbers from the context's seed if nothing has filled them, and widens a parameter stored in half
    /// precision that is to be trained.
    ///
    /// - Throws: `ArrayError.memory`.
    public var tensor: Tensor {
        get throws {
            guard let leaf else {
                try initialize(from: context.random)
                return try self.tensor
            }
            if frozen || leaf.dtype == context.dtype { return leaf }
            hold(try converted(leaf.array), shared: false)
            return try self.tensor
        }
    }

    /// The gradient collected so far.
    public var gradient: Tensor? { leaf?.gradient }

    /// Forgets the collected gradient.
    public func clearGradient() { leaf?.clearGradient() }

    /// Multiplies the collected gradient; the new one lies in memory of its own.
    func scaleGradient(by factor: Double) throws {
        guard let leaf, let gradient = leaf.gradient else { return }
        let scaled = try gradient.backend.allocate(shape, gradient.dtype)
        gradient.backend.affine(gradient.array, scale: factor, shift: 0, into: scaled)
        leaf.clearGradient()
        try leaf.backward(Tensor(scaled, in: context))
    }

    /// Whether training leaves the parameter alone.
    public var isFrozen: Bool {
        get { frozen }
        set {
            if newValue == frozen { return }
            frozen = newValue
            if let array = leaf?.array { hold(array, shared: isShared) }
        }
    }

    /// Draws the numbers anew from the stream named by the parameter's path.
    ///
    /// - Throws: `ArrayError.memory`.
    public func initialize(from source: RandomSource) throws {
        let array = try context.backend.allocate(shape, context.dtype)
        try initializer.fill(array, on: context.backend, from: source.named(path))
        hold(array, shared: false)
    }

    /// Takes over the numbers of an array, without copying while dtype and layout allow; the gradient is forgotten.
    ///
    /// float16 and bfloat16 stay as they are where the parameter `allowsHalfStorage`, until it is to be trained.
    ///
    /// - Throws: `ArrayError.shape` if the shape differs.
    public func assign(_ array: NDArray) throws {
        guard array.shape == shape else {
            throw ArrayError.shape(
                operation: "assign to \(path)", expected: "shape \(shape)", got: "\(array.shape)")
        }
        let isHalf = array.dtype == .float16 || array.dtype == .bfloat16
        let keepsHalf = isHalf && allowsHalfStorage && context.dtype == .float32
        if array.dtype != context.dtype, !keepsHalf {
            hold(try converted(array), shared: false)
        } else {
            let contiguous = try context.backend.contiguous(array)
            hold(contiguous, shared: contiguous.storage === array.storage)
        }
    }

    /// The numbers, as a value that later training does not change.
    ///
    /// - Throws: `ArrayError.memory`.
    public func snapshot() throws -> NDArray {
        let array = try tensor.array
        isShared = true
        return array
    }

    /// The numbers for changing them in place, held by nobody else; the gradient stays.
    ///
    /// - Throws: `ArrayError.memory`.
    public func mutableArray() throws -> NDArray {
        let current = try tensor
        if !isShared { return current.array }
        let copy = try converted(current.array)
        let gradient = current.gradient
        hold(copy, shared: false)
        if let gradient, let leaf, leaf.requiresGradient { try leaf.backward(gradient) }
        return copy
    }

    /// A copy in the context's dtype.
    private func converted(_ array: NDArray) throws -> NDArray {
        let copy = try context.backend.allocate(shape, context.dtype)
        context.backend.copy(array, into: copy)
        return copy
    }

    private func hold(_ array: NDArray, shared: Bool) {
        isShared = shared
        let isTrainable = !frozen && array.dtype == context.dtype
        leaf = isTrainable ? .variable(array, in: context) : Tensor(array, in: context)
    }
}
