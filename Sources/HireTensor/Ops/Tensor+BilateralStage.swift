import HireArray

extension Tensor {
    /// The kernels [b, (2r+1)^2, H, W] of one whole joint bilateral stage for guidance [b, g, H, W] (FeatUp's
    /// `JBULearnedRange`): n = `bilateralKernel` of the projected guidance, then n + `correction` * fixup([n, guidance]).
    ///
    /// The same as composing these from other operations, in one pass that keeps nothing but its operands: the backward
    /// pass computes what is between again.
    ///
    /// Multiply-adds per pixel: g x key + key^2 + key x taps + (g + taps) x taps + taps^2. Backward three times that, with
    /// one product of g x key more (hidden channels of the projection, for two purposes) and one of taps^2 less (the
    /// last layer, whose result nothing needs), and g x (key + taps) less where the guidance needs no gradient.
    /// The CPU back-end cuts tall maps into strips and projects the rows within the radius of a cut on both
    /// sides of it (backward, all but the sums of the weights' gradients is computed for them); that work counts nothing here.
    ///
    /// - Parameters:
    ///   - projection: weight [key, g], bias [key], weight [key, key], bias [key]; GELU (erf) between the layers.
    ///   - fixup: weight [taps, taps + g], bias [taps], weight [taps, taps], bias [taps]; the same.
    ///   - temperature: one number.
    ///   - spatial: the window [taps], row-major.
    ///   - correction: the share of the second perceptron.
    ///   - projectionScales: factors [b, key] on the hidden channels of the projection (dropout); ones if nil.
    ///   - fixupScales: factors [b, taps] on the hidden channels of the correction; ones if nil.
    public func bilateralStage(
        projection: [Tensor], fixup: [Tensor], temperature: Tensor, spatial: Tensor, radius: Int,
        correction: Double = 0.1, projectionScales: Tensor? = nil, fixupScales: Tensor? = nil
    ) throws -> Tensor {
        let name = "bilateral_stage"
        try requireNumbers(name)
        try requireRank(4, name, layout: "[b, g, H, W]")
        try requireAtLeast(0, radius, name, "radius", most: largestRadius)
        try requireReach(name, radius, rows: shape[2], columns: shape[3])
        let taps = (2 * radius + 1) * (2 * radius + 1)
        let (batch, guidance) = (shape[0], shape[1])
        let key = projection.first?.shape.first ?? 0
        try requirePerceptron(name, projection, [guidance, key, key], called: "projection")
        try requirePerceptron(name, fixup, [taps + guidance, taps, taps], called: "fixup")
        try Tensor.requireNumbers(name, self, temperature)
        guard temperature.count == 1 else {
            throw ArrayError.shape(
                operation: name, expected: "one temperature", got: "\(temperature.shape)")
        }
        try requireCompanion(name, spatial, shape: [taps], called: "a spatial window")
        try requireCompanion(
            name, projectionScales, shape: [batch, key], called: "the projection's scales")
        try requireCompanion(name, fixupScales, shape: [batch, taps], called: "the fixup's scales")

        let operands = [self] + projection + fixup + [try temperature.reshape([]), spatial]
        let held = try operands.map { try backend.contiguous($0.array) }
        let arrays = Self.stageArrays(held.dropFirst())
        let kernel = BilateralStageKernel(
            radius: radius, correction: correction,
            projectionScales: try projectionScales.map { try backend.contiguous($0.array) },
            fixupScales: try fixupScales.map { try backend.contiguous($0.array) })
        let out = try backend.allocate([batch, taps, shape[2], shape[3]], dtype)
        backend.bilateralStage(held[0], arrays, kernel, into: out)
        let pixel = guidance * key + key * key + key * taps + (guidance + 2 * taps) * taps
        let work = batch * shape[2] * shape[3] * pixel
        context.note(name, operands.map(\.array), out, multiplyAdds: work)
        return Tensor.record(out, from: operands) { gradient, needs in
            let backend = gradient.backend
            let results = try held.enumerated().map { position, array in
                position > 0 || needs[0] ? try backend.allocate(array.shape, array.dtype) : nil
            }
            backend.bilateralStageGradient(
                held[0], arrays, kernel, gradient.array, into: results[0],
                arrayGradients: Self.stageArrays(results.dropFirst().compactMap { $0 }[...]))
            let again = guidance * key - taps * taps - (needs[0] ? 0 : guidance * (key + taps))
            gradient.context.note(
                name, held + [gradient.array], results[0] ?? held[0],
                multiplyAdds: 3 * work + batch * held[0].shape[2] * held[0].shape[3] * again)
            return zip(results, needs).map { result, isNeeded in
                isNeeded ? result.map(gradient.constant) : nil
            }
        }
    }

    /// Ten arrays in the order of `BilateralStageArrays.all`.
    private static func stageArrays(_ arrays: ArraySlice<NDArray>) -> BilateralStageArrays {
        let all = Array(arrays)
        let perceptron = { (first: Int) in
            BilateralStageArrays.Perceptron(
                firstWeight: all[first], firstBias: all[first + 1], secondWeight: all[first + 2],
                secondBias: all[first + 3])
        }
        return BilateralStageArrays(
            projection: perceptron(0), fixup: perceptron(4), temperature: all[8], spatial: all[9])
    }

    /// Checks two layers' weights and biases: from `widths[0]` to `widths[1]` to `widths[2]` channels.
    private func requirePerceptron(
        _ name: String, _ tensors: [Tensor], _ widths: [Int], called role: String
    ) throws {
        guard tensors.count == 4 else {
            throw ArrayError.argument(
                operation: name, name: role, expected: "weight, bias, weight, bias",
                got: "\(tensors.count) tensors")
        }
        let shapes = [
            [widths[1], widths[0]], [widths[1]], [widths[2], widths[1]], [widths[2]],
        ]
        for (place, tensor) in tensors.enumerated() {
            try requireCompanion(
                name, tensor, shape: shapes[place],
                called: "\(role): \(place % 2 == 0 ? "a weight" : "a bias")")
        }
    }
}
