import HireNN
import HireTensor

/// A learned factor per channel, `lambda1`: HF `Dinov2LayerScale`.
final class LayerScale: Layer {
    let scope = ModuleScope()
    private let factors: Parameter

    init(_ width: Int, initial: Double, in context: Context) {
        factors = scope.parameter("lambda1", [width], .constant(initial), in: context)
    }

    func forward(_ input: Tensor) throws -> Tensor { try input * factors.tensor }
}
