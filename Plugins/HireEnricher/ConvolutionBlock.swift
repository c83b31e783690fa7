import HireNN
import HireTensor

/// One UNet block: 3x3 convolution, normalisation, ReLU, as often as configured.
///
/// With batch normalisation the convolutions carry no bias (the normalisation's shift takes its place). Children are
/// named as in an `nn.Sequential` of convolution, normalisation and ReLU.
final class ConvolutionBlock: Layer {
    let scope = ModuleScope()
    private var convolutions: [Conv2d] = []
    private var norms: [BatchNorm2d] = []

    init(
        _ input: Int, _ output: Int, _ configuration: HireEnricherConfiguration, in context: Context
    ) {
        let normalises = configuration.norm == .batch
        let step = normalises ? 3 : 2
        var channels = input
        for index in 0..<configuration.convolutions {
            convolutions.append(
                scope.child(
                    "\(index * step)",
                    Conv2d(
                        channels, output, kernel: [3, 3], padding: [1, 1], bias: !normalises,
                        in: context)))
            if normalises {
                norms.append(scope.child("\(index * step + 1)", BatchNorm2d(output, in: context)))
            }
            channels = output
        }
    }

    /// The block over maps that are laid one after the other along the channels.
    func forward(_ input: [Tensor]) throws -> Tensor {
        var maps = input
        for (index, convolution) in convolutions.enumerated() {
            maps = [
                try convolution(
                    stacked: maps, norm: norms.isEmpty ? nil : norms[index], countedFor: scope.path)
            ]
        }
        return maps[0]
    }
}
