import HireNN
import HireTensor

/// 1x1 convolution, GELU (erf), whole-channel dropout, 1x1 convolution: FeatUp's `range_proj` and `fixup_proj`.
///
/// [N, in, H, W] to [N, out, H, W]. Parameter names follow `nn.Sequential`: "0" and "3" are the convolutions.
public final class PointwiseMLP: Layer {
    /// The two convolutions and the dropout by name.
    public let scope = ModuleScope()
    private let first: Conv2d
    private let dropout: Dropout2d
    private let second: Conv2d
    private let hidden: Int

    /// A perceptron applied at every pixel; `dropout` drops whole channels of the hidden layer while training.
    public init(
        _ input: Int, hidden: Int, _ output: Int, dropout probability: Double, in context: Context
    ) {
        self.hidden = hidden
        first = scope.child("0", Conv2d(input, hidden, kernel: [1, 1], in: context))
        dropout = scope.child("2", Dropout2d(probability))
        second = scope.child("3", Conv2d(hidden, output, kernel: [1, 1], in: context))
    }

    /// The perceptron at every pixel.
    public func forward(_ input: Tensor) throws -> Tensor {
        try second(dropout(first(input).gelu()))
    }

    /// Weight [hidden, in], bias, weight [out, hidden], bias, for a kernel that does what `forward` does.
    func layers() throws -> [Tensor] {
        try [first, second].flatMap { layer -> [Tensor] in
            let weight = try layer.weight.tensor
            let matrix = try weight.reshape([weight.shape[0], weight.shape[1]])
            return [matrix] + (try layer.bias.map { [try $0.tensor] } ?? [])
        }
    }

    /// Factors [batch, hidden] that this pass's dropout puts on the hidden channels; nil where it does nothing.
    ///
    /// Draws what `forward` would draw.
    func dropoutScales(batch: Int, in context: Context) throws -> Tensor? {
        guard dropout.scope.isTraining, dropout.probability != 0 else { return nil }
        let ones = try context.ones([batch, hidden, 1, 1])
        return try dropout(ones).reshape([batch, hidden])
    }
}
