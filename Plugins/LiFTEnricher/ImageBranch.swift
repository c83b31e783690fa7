import HireNN
import HireTensor

/// 3x3 convolutions of stride 2, each with batch normalisation and ReLU: LiFT's `image_convs_1` and `image_convs_2`.
///
/// [N, in, H, W] to [N, 32, ceil(H / 2^steps), ceil(W / 2^steps)]. Names follow an `nn.Sequential` of convolution,
/// normalisation and ReLU.
final class ImageBranch: Layer {
    /// Channels of the image branch.
    static let width = 32

    let scope = ModuleScope()
    private var convolutions: [Conv2d] = []
    private var norms: [BatchNorm2d] = []

    init(_ input: Int, steps: Int, in context: Context) {
        var channels = input
        for step in 0..<steps {
            convolutions.append(
                scope.child(
                    "\(3 * step)",
                    Conv2d(
                        channels, Self.width, kernel: [3, 3], stride: [2, 2], padding: [1, 1],
                        in: context)))
            norms.append(scope.child("\(3 * step + 1)", BatchNorm2d(Self.width, in: context)))
            channels = Self.width
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
