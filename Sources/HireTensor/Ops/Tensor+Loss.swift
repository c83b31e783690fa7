import HireArray

extension Tensor {
    /// `F.cross_entropy` of logits [..., classes] with targets (int32) of the leading shape.
    ///
    /// - Parameters:
    ///   - targets: class indices; `ignoreIndex` marks rows that count for nothing.
    ///   - reduction: `mean` divides by the number of rows that count (none of them gives NaN, as in PyTorch).
    public func crossEntropy(
        _ targets: Tensor, ignoreIndex: Int = -100, reduction: LossReduction = .mean
    ) throws -> Tensor {
        let name = "cross_entropy"
        try requireNumbers(name)
        guard let classes = shape.last, classes > 0, targets.shape == Array(shape.dropLast()) else {
            throw ArrayError.shape(
                operation: name, expected: "logits [..., classes] and targets of the leading shape",
                got: "\(shape) and \(targets.shape)")
        }
        try targets.requireIndices(name, below: classes, in: context, excluding: ignoreIndex)
        let losses = try rowLosses(name, targets, classes, ignoreIndex)
        switch reduction {
        case .none: return try losses.reshape(targets.shape)
        case .sum: return try losses.sum()
        case .mean:
            let counted = try targets.ne(Double(ignoreIndex)).cast(to: dtype).sum()
            return try losses.sum() / counted
        }
    }

    private func rowLosses(
        _ name: String, _ targets: Tensor, _ classes: Int, _ ignoreIndex: Int
    ) throws -> Tensor {
        let logits = try reshape([targets.count, classes])
        let flat = try targets.reshape([targets.count]).array
        let losses = try backend.allocate([targets.count], dtype)
        let probabilities = try backend.allocate(logits.shape, dtype)
        backend.crossEntropy(
            logits.array, flat, ignoreIndex: ignoreIndex, into: losses, probabilities: probabilities
        )
        context.note(name, [logits.array, flat], losses)
        return logits.recorded(losses) { gradient in
            let result = try gradient.backend.allocate(probabilities.shape, gradient.dtype)
            gradient.backend.crossEntropyGradient(
                probabilities, flat, ignoreIndex: ignoreIndex, gradient.array, into: result)
            gradient.context.note(name, [probabilities, gradient.array], result)
            return [gradient.constant(result)]
        }
    }
}
