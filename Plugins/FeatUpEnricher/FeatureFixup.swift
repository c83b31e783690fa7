import HireNN
import HireTensor

/// Whole-channel dropout and a 1x1 convolution over features: `fixup_proj` of FeatUp's `JBUStack`.
///
/// [N, C, H, W] to the same. Parameter names follow `nn.Sequential`: "1" is the convolution.
final class FeatureFixup: Layer {
    let scope = ModuleScope()
    private let dropout: Dropout2d
    private let convolution: Conv2d

    init(_ channels: Int, dropout probability: Double, in context: Context) {
        dropout = scope.child("0", Dropout2d(probability))
        convolution = scope.child("1", Conv2d(channels, channels, kernel: [1, 1], in: context))
    }

    func forward(_ input: Tensor) throws -> Tensor { try convolution(dropout(input)) }
}
