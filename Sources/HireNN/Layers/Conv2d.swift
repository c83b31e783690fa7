import HireTensor

/// 2-D convolution: `nn.Conv2d`, [N, in, H, W] to [N, out, H', W']; pairs are (vertical, horizontal).
public final class Conv2d: Layer {
    /// The names of this module's parts.
    public let scope = ModuleScope()
    /// [out, in/groups, kh, kw].
    public let weight: Parameter
    /// [out], or nil.
    public let bias: Parameter?
    /// Step between windows.
    public let stride: SIMD2<Int>
    /// Zero padding on both sides.
    public let padding: SIMD2<Int>
    /// Distance between taps.
    public let dilation: SIMD2<Int>
    /// Channel groups; calls throw unless they divide both channel counts.
    public let groups: Int

    /// A layer with PyTorch's initialisation: weight and bias U(-b, b), b = 1/sqrt(in/groups * kh * kw).
    public init(
        _ inputs: Int, _ outputs: Int, kernel: SIMD2<Int>, stride: SIMD2<Int> = [1, 1],
        padding: SIMD2<Int> = [0, 0], dilation: SIMD2<Int> = [1, 1], groups: Int = 1,
        bias: Bool = true, weight initializer: Initializer? = nil, in context: Context
    ) {
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.groups = groups
        let uniform = Initializer.fanInUniform(inputs / max(groups, 1) * kernel.x * kernel.y)
        weight = scope.parameter(
            "weight", [outputs, inputs / max(groups, 1), kernel.x, kernel.y],
            initializer ?? uniform,
            in: context)
        self.bias = bias ? scope.parameter("bias", [outputs], uniform, in: context) : nil
    }

    /// Computes the output; callers use `layer(input)`.
    public func forward(_ input: Tensor) throws -> Tensor {
        try input.conv2d(
            weight.tensor, bias?.tensor, stride: stride, padding: padding, dilation: dilation,
            groups: groups)
    }
}
