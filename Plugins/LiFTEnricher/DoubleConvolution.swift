import HireNN
import HireTensor

/// Twice a 3x3 convolution without bias, batch normalisation and ReLU: LiFT's `DoubleConv`.
final class DoubleConvolution: Layer {
    let scope = ModuleScope()
    private var convolutions: [Conv2d] = []
    private var norms: [BatchNorm2d] = []

    init(_ input: Int, _ output: Int, in context: Context) {
        // As in an nn.Sequential "double_conv" of convolution, normalisation, ReLU, twice.
        for (index, channels) in [(0, input), (3, output)] {
            convolutions.append(
                scope.child(
                    at: "double_conv.\(index)",
                    Conv2d(
                        channels, output, kernel: [3, 3], padding: [1, 1], bias: false, in: context)
                ))
            norms.append(
                scope.child(at: "double_conv.\(index + 1)", BatchNorm2d(output, in: context)))
        }
    }

    func forward(_ input: Tensor) throws -> Tensor {
        var x = input
        for (convolution, norm) in zip(convolutions, norms) {
            x = try norm(convolution(x)).relu()
        }
        return x
    }
}
