import HireArray
import HireTensor

/// Normalisation per channel of [N, C, H, W]: `nn.BatchNorm2d`.
///
/// While training the batch's own statistics apply, and the running ones move towards them by `momentum` (the
/// variance unbiased); in evaluation the running ones apply.
public final class BatchNorm2d: Layer {
    /// The names of this module's parts.
    public let scope = ModuleScope()
    /// Scale [C]; ones at first.
    public let weight: Parameter
    /// Shift [C]; zeros at first.
    public let bias: Parameter
    /// [C]; zeros at first.
    public let runningMean: Buffer
    /// [C]; ones at first.
    public let runningVariance: Buffer
    /// Training batches seen: int64, a scalar.
    public let batchesTracked: Buffer
    /// Added to the variance.
    public let epsilon: Double
    /// The share of the newest batch in the running statistics.
    public let momentum: Double

    /// A layer for `channels`.
    public init(
        _ channels: Int, epsilon: Double = 1e-5, momentum: Double = 0.1, in context: Context
    ) {
        self.epsilon = epsilon
        self.momentum = momentum
        weight = scope.parameter("weight", [channels], .ones, in: context)
        bias = scope.parameter("bias", [channels], .zeros, in: context)
        runningMean = scope.buffer("running_mean", [channels], .zeros, in: context)
        runningVariance = scope.buffer("running_var", [channels], .ones, in: context)
        batchesTracked = scope.buffer(
            "num_batches_tracked", [], .zeros, dtype: .int64, in: context)
    }

    /// Computes the output; callers use `layer(input)`.
    public func forward(_ input: Tensor) throws -> Tensor {
        guard input.rank == 4 else {
            throw ArrayError.shape(
                operation: "batch_norm", expected: "[N, C, H, W]", got: "\(input.shape)")
        }
        guard scope.isTraining else {
            return try input.batchNorm(
                runningMean.tensor, runningVariance.tensor, weight.tensor, bias.tensor,
                epsilon: epsilon)
        }
        let (output, mean, variance) = try input.batchNormTraining(
            weight.tensor, bias.tensor, epsilon: epsilon)
        if input.context.isRecomputing { return output }
        let samples = Double(input.count / input.shape[1])
        try move(runningMean, towards: mean.array, scale: 1)
        try move(runningVariance, towards: variance.array, scale: samples / (samples - 1))
        try countBatch()
        return output
    }

    /// running = (1 - momentum) * running + momentum * scale * batch, in a fresh array: snapshots keep the old one.
    private func move(_ running: Buffer, towards batch: NDArray, scale: Double) throws {
        let backend = running.context.backend
        let moved = try backend.allocate(running.shape, running.dtype)
        backend.affine(try running.tensor.array, scale: 1 - momentum, shift: 0, into: moved)
        backend.accumulate(batch, scale: momentum * scale, into: moved)
        try running.assign(moved)
    }

    private func countBatch() throws {
        let backend = batchesTracked.context.backend
        guard backend.computesValues else { return }
        let seen = try batchesTracked.tensor.array.integers()[0]
        try batchesTracked.assign(backend.array([Int64(seen + 1)], []))
    }
}
