import HireTensor

extension Conv2d {
    /// relu(norm(convolution)) of maps laid one after the other along the channels (`torch.cat(maps, 1)`).
    ///
    /// The bits are those of calling the layers one by one. No stack is made, and one pass does it all in evaluation
    /// where no gradient is recorded and neither layer is watched by captures or edits. For layers of stride 1 in one
    /// group.
    ///
    /// - Parameters:
    ///   - maps: [N, C_k, H, W].
    ///   - norm: what follows the convolution, or nil.
    ///   - path: the module that the ReLU is counted for.
    public func callAsFunction(
        stacked maps: [Tensor], norm: BatchNorm2d?, countedFor path: String
    ) throws -> Tensor {
        precondition(
            stride == [1, 1] && dilation == [1, 1] && groups == 1,
            "Stacked maps are convolved with stride 1 in one group.")
        let context = maps.first?.context ?? scope.context
        if context?.checksFinite == true {
            // Whoever looks for the first NaN wants every layer by itself.
            let sums = try self(Tensor.concat(maps, dim: 1))
            return try (norm.map { try $0(sums) } ?? sums).relu()
        }
        let isPlain =
            !scope.isWatched && norm?.scope.isWatched != true && norm?.scope.isTraining != true
        guard isPlain else {
            let sums = try scope.run(in: context) {
                try Tensor.conv2d(
                    stacked: maps, weight.tensor, bias?.tensor, padding: padding)
            }
            return try (norm.map { try $0(sums) } ?? sums).relu()
        }
        var tail = Tensor.ConvolutionTail()
        tail.relu = true
        tail.activationPath = path
        if let norm {
            tail.normalization = (
                try norm.runningMean.tensor, try norm.runningVariance.tensor,
                try norm.weight.tensor, try norm.bias.tensor
            )
            tail.epsilon = norm.epsilon
            tail.normalizationPath = norm.scope.path
        }
        return try scope.run(in: context) {
            try Tensor.conv2d(
                stacked: maps, weight.tensor, bias?.tensor, padding: padding, tail: tail)
        }
    }
}
