import HireArray
import HireTensor

/// x * weight^T + bias over the last axis: `nn.Linear`, [..., in] to [..., out].
///
/// It holds an adapter instead of being replaced by another class: names stay, whatever is attached.
public final class Linear: Layer {
    /// The names of this module's parts.
    public let scope = ModuleScope()
    /// [out, in]; may be stored in half precision while frozen.
    public let weight: Parameter
    /// [out], or nil.
    public let bias: Parameter?
    /// Width of the input.
    public let inputs: Int
    /// Width of the output.
    public let outputs: Int
    /// What is added to the output, such as LoRA.
    public private(set) var adapter: (any LinearAdapter)?
    var unmergedWeight: NDArray?

    /// A layer with PyTorch's initialisation: weight and bias U(-1/sqrt(in), 1/sqrt(in)).
    public init(
        _ inputs: Int, _ outputs: Int, bias: Bool = true, weight initializer: Initializer? = nil,
        bias biasInitializer: Initializer? = nil, in context: Context
    ) {
        self.inputs = inputs
        self.outputs = outputs
        let uniform = Initializer.fanInUniform(inputs)
        weight = scope.parameter("weight", [outputs, inputs], initializer ?? uniform, in: context)
        weight.allowsHalfStorage = true
        self.bias =
            bias ? scope.parameter("bias", [outputs], biasInitializer ?? uniform, in: context) : nil
    }

    /// Computes the output; callers use `layer(input)`.
    public func forward(_ input: Tensor) throws -> Tensor {
        let output = try input.linear(weight.tensor, bias?.tensor)
        guard let adapter, adapter.isEnabled, !isMerged else { return output }
        return try output + adapter.addition(to: input)
    }

    /// Attaches an adapter; its modules become children.
    ///
    /// - Throws: `ModuleError` if there is one already.
    public func attach(_ adapter: any LinearAdapter) throws {
        guard self.adapter == nil else {
            throw scope.failure("This linear layer has an adapter already; detach it first.")
        }
        for (name, module) in adapter.modules { try scope.addChild(name, module) }
        self.adapter = adapter
    }

    /// Takes the adapter off, unmerging it first if it was merged; returns it.
    @discardableResult
    public func detachAdapter() throws -> (any LinearAdapter)? {
        guard let adapter else { return nil }
        try unmerge()
        for (name, _) in adapter.modules { try scope.removeChild(name) }
        self.adapter = nil
        return adapter
    }
}
