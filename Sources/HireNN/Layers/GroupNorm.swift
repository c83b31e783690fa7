import HireTensor

/// Normalisation of runs of channels of [N, C, ...]: `nn.GroupNorm`.
public final class GroupNorm: Layer {
    /// The names of this module's parts.
    public let scope = ModuleScope()
    /// Scale [C]; ones at first.
    public let weight: Parameter
    /// Shift [C]; zeros at first.
    public let bias: Parameter
    /// The number of runs.
    public let groups: Int
    /// Added to the variance.
    public let epsilon: Double

    /// A layer for `channels` in `groups` runs.
    public init(groups: Int, _ channels: Int, epsilon: Double = 1e-5, in context: Context) {
        self.groups = groups
        self.epsilon = epsilon
        weight = scope.parameter("weight", [channels], .ones, in: context)
        bias = scope.parameter("bias", [channels], .zeros, in: context)
    }

    /// Computes the output; callers use `layer(input)`.
    public func forward(_ input: Tensor) throws -> Tensor {
        try input.groupNorm(groups: groups, weight.tensor, bias.tensor, epsilon: epsilon)
    }
}
