import HireTensor

/// Transposed 2-D convolution: `nn.ConvTranspose2d`, [N, in, H, W] to [N, out, H', W'].
///
/// H' = (H - 1) * stride - 2 * padding + kernel + outputPadding.
public final class ConvTranspose2d: Layer {
    /// The names of this module's parts.
    public let scope = ModuleScope()
    /// [in, out/groups, kh, kw].
    public let weight: Parameter
    /// [out], or nil.
    public let bias: Parameter?
    /// Step between the windows written to.
    public let stride: SIMD2<Int>
    /// Rows and columns cut off on both sides.
    public let padding: SIMD2<Int>
    /// Rows and columns added at the bottom and right.
    public let outputPadding: SIMD2<Int>
    /// Channel groups; calls throw unless they divide both channel counts.
    public let groups: Int

    /// A layer with PyTorch's initialisation: weight and bias U(-b, b), b = 1/sqrt(out/groups * kh * kw).
    public init(
        _ inputs: Int, _ outputs: Int, kernel: SIMD2<Int>, stride: SIMD2<Int> = [1, 1],
        padding: SIMD2<Int> = [0, 0], outputPadding: SIMD2<Int> = [0, 0], groups: Int = 1,
        bias: Bool = true, in context: Context
    ) {
        self.stride = stride
        self.padding = padding
        self.outputPadding = outputPadding
        self.groups = groups
        // PyTorch takes the second axis of the weight for the fan-in here too.
        let uniform = Initializer.fanInUniform(outputs / max(groups, 1) * kernel.x * kernel.y)
        weight = scope.parameter(
            "weight", [inputs, outputs / max(groups, 1), kernel.x, kernel.y], uniform, in: context)
        self.bias = bias ? scope.parameter("bias", [outputs], uniform, in: context) : nil
    }

    /// Computes the output; callers use `layer(input)`.
    public func forward(_ input: Tensor) throws -> Tensor {
        try input.convTranspose2d(
            weight.tensor, bias?.tensor, stride: stride, padding: padding,
            outputPadding: outputPadding, groups: groups)
    }
}
