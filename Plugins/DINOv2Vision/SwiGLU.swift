import HireNN
import HireTensor
import HireVLM

/// silu(a) * b between two linear layers, where the first, packed one gives a and b side by side: `weights_in`,
/// `weights_out` (HF `Dinov2SwiGLUFFN` as stored).
final class SwiGLU: Layer {
    let scope = ModuleScope()
    private let packed: Linear
    private let output: Linear

    init(_ width: Int, hidden: Int, initializers: VisionInitializers, in context: Context) {
        packed = scope.child(
            "weights_in",
            Linear(
                width, 2 * hidden, bias: true, weight: initializers.first, bias: initializers.bias,
                in: context)
        )
        output = scope.child(
            "weights_out",
            Linear(
                hidden, width, bias: true, weight: initializers.second, bias: initializers.bias,
                in: context))
    }

    func forward(_ input: Tensor) throws -> Tensor {
        let halves = try packed(input).chunk(2, dim: -1)
        return try output(halves[0].silu() * halves[1])
    }
}
