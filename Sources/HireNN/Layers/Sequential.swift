import HireTensor

/// Layers one after the other, named "0", "1", …: `nn.Sequential`.
public final class Sequential: Layer {
    /// The names of this module's parts.
    public let scope = ModuleScope()
    /// The layers in order.
    public let layers: [any Layer<Tensor, Tensor>]

    /// A chain of layers.
    public init(_ layers: [any Layer<Tensor, Tensor>]) {
        self.layers = layers
        for (index, layer) in layers.enumerated() { scope.child("\(index)", layer) }
    }

    /// Computes the output; callers use `layer(input)`.
    public func forward(_ input: Tensor) throws -> Tensor {
        var x = input
        for layer in layers { x = try layer(x) }
        return x
    }
}
