import HireArray

/// Batch normalisation of [N, C, ...].
extension Tensor {
    /// `F.batch_norm` with given statistics (evaluation), which are taken as constants.
    ///
    /// - Parameters:
    ///   - mean: per channel [C].
    ///   - variance: per channel [C].
    ///   - weight: scale [C], or nil.
    ///   - bias: shift [C], or nil.
    public func batchNorm(
        _ mean: Tensor, _ variance: Tensor, _ weight: Tensor?, _ bias: Tensor?,
        epsilon: Double = 1e-5
    ) throws -> Tensor {
        let channels = try channelCount()
        try requireCompanion("batch_norm", mean, shape: [channels], called: "a mean")
        try requireCompanion("batch_norm", variance, shape: [channels], called: "a variance")
        return try normalised(mean.array, variance.array, weight, bias, epsilon, training: false)
    }

    /// `F.batch_norm` with the batch's own statistics (training).
    ///
    /// - Returns: the result, and the mean and biased variance per channel [C], which carry no gradient; running
    ///   statistics in PyTorch's manner take the variance times n / (n - 1).
    public func batchNormTraining(
        _ weight: Tensor?, _ bias: Tensor?, epsilon: Double = 1e-5
    ) throws -> (output: Tensor, mean: Tensor, variance: Tensor) {
        let channels = try channelCount()
        guard count > channels else {
            throw ArrayError.shape(
                operation: "batch_norm", expected: "more than one value per channel for training",
                got: "\(shape)")
        }
        let mean = try backend.allocate([channels], dtype)
        let variance = try backend.allocate([channels], dtype)
        backend.channelStatistics(array, mean: mean, variance: variance)
        context.note("channel_statistics", [array], mean)
        let output = try normalised(mean, variance, weight, bias, epsilon, training: true)
        return (output, constant(mean), constant(variance))
    }

    private func channelCount() throws -> Int {
        try requireNumbers("batch_norm")
        guard rank >= 2 else {
            throw ArrayError.shape(
                operation: "batch_norm", expected: "[N, C, ...]", got: "\(shape)")
        }
        return shape[1]
    }

    private func normalised(
        _ mean: NDArray, _ variance: NDArray, _ weight: Tensor?, _ bias: Tensor?, _ epsilon: Double,
        training: Bool
    ) throws -> Tensor {
        let name = "batch_norm"
        let channels = shape[1]
        try requireCompanion(name, weight, shape: [channels], called: "a weight")
        try requireCompanion(name, bias, shape: [channels], called: "a bias")
        let out = try backend.allocate(shape, dtype)
        backend.batchNorm(
            array, mean: mean, variance: variance, weight: weight?.array, bias: bias?.array,
            epsilon: epsilon, into: out)
        context.note(
            name, [array] + [weight, bias].compactMap { $0?.array }, out,
            form: training ? "training" : "evaluation")
        let (x, w) = (array, weight?.array)
        let operands = [self] + [weight, bias].compactMap { $0 }
        return Tensor.record(out, from: operands) { gradient, needs in
            let backend = gradient.backend
            let weightAt = w == nil ? nil : 1
            let biasAt = needs.count > (w == nil ? 1 : 2) ? needs.count - 1 : nil
            let dx = needs[0] ? try backend.allocate(x.shape, x.dtype) : nil
            let dw = try weightAt.flatMap {
                needs[$0] ? try backend.allocate([channels], x.dtype) : nil
            }
            let db = try biasAt.flatMap {
                needs[$0] ? try backend.allocate([channels], x.dtype) : nil
            }
            backend.batchNormGradient(
                x, mean: mean, variance: variance, weight: w, epsilon: epsilon, training: training,
                gradient.array, into: dx, weightGradient: dw, biasGradient: db)
            gradient.context.note(name, [x, gradient.array], dx ?? dw ?? x)
            var gradients = [dx.map(gradient.constant)]
            if weightAt != nil { gradients.append(dw.map(gradient.constant)) }
            if biasAt != nil { gradients.append(db.map(gradient.constant)) }
            return gradients
        }
    }
}
