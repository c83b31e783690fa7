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

    /// A perceptron applied at every pixel; `dropout` drops whole channels of the hidden layer while training.
    public init(
        _ input: Int, hidden: Int, _ output: Int, dropout probability: Double, in context: Context
    ) {
        first = scope.child("0", Conv2d(input, hidden, kernel: [1, 1], in: context))
        dropout = scope.child("2", Dropout2d(probability))
        second = scope.child("3", Conv2d(hidden, output, kernel: [1, 1], in: context))
    }

    /// The perceptron at every pixel.
    public func forward(_ input: Tensor) throws -> Tensor {
        try second(dropout(first(input).gelu()))
    }
}
