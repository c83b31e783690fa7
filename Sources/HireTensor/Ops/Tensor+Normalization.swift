import HireArray

/// Softmax and normalisation over an axis.
extension Tensor {
    /// `torch.softmax` along an axis.
    public func softmax(dim: Int = -1) throws -> Tensor { try softmax(dim, logarithmic: false) }

    /// `torch.log_softmax` along an axis.
    public func logSoftmax(dim: Int = -1) throws -> Tensor { try softmax(dim, logarithmic: true) }

    private func softmax(_ dim: Int, logarithmic: Bool) throws -> Tensor {
        let name = logarithmic ? "log_softmax" : "softmax"
        try requireNumbers(name)
        let axis = try shape.axis(dim, operation: name)
        guard axis == rank - 1 else {
            return try transpose(axis, -1).softmax(-1, logarithmic: logarithmic).transpose(axis, -1)
        }
        let out = try backend.allocate(shape, dtype)
        backend.softmax(array, logarithmic: logarithmic, into: out)
        context.note(name, [array], out)
        return recorded(out) { gradient in
            let result = try gradient.backend.allocate(out.shape, out.dtype)
            gradient.backend.softmaxGradient(
                out, gradient.array, logarithmic: logarithmic, into: result)
            gradient.context.note(name, [out, gradient.array], result)
            return [gradient.constant(result)]
        }
    }

    /// `F.layer_norm` over the last axis.
    ///
    /// - Parameters:
    ///   - weight: scale [D], or nil.
    ///   - bias: shift [D], or nil.
    public func layerNorm(
        _ weight: Tensor?, _ bias: Tensor?, epsilon: Double = 1e-5
    ) throws -> Tensor {
        let name = "layer_norm"
        try requireNumbers(name)
        let width = try normalisedWidth(name)
        try requireCompanion(name, weight, shape: [width], called: "a weight")
        try requireCompanion(name, bias, shape: [width], called: "a bias")
        let out = try backend.allocate(shape, dtype)
        let rows = Array(shape.dropLast())
        let mean = try backend.allocate(rows, dtype)
        let inverse = try backend.allocate(rows, dtype)
        backend.layerNorm(
            array, weight: weight?.array, bias: bias?.array, epsilon: epsilon, into: out,
            mean: mean,
            inverseDeviation: inverse)
        context.note(name, [array] + [weight, bias].compactMap { $0?.array }, out)
        let (x, w) = (array, weight?.array)
        let operands = [self] + [weight, bias].compactMap { $0 }
        return Tensor.record(out, from: operands) { gradient, needs in
            let backend = gradient.backend
            let dtype = gradient.dtype
            let weightAt = w == nil ? nil : 1
            let biasAt = needs.count > (w == nil ? 1 : 2) ? needs.count - 1 : nil
            let dx = needs[0] ? try backend.allocate(x.shape, dtype) : nil
            let dw = try weightAt.flatMap {
                needs[$0] ? try backend.allocate([width], dtype) : nil
            }
            let db = try biasAt.flatMap { needs[$0] ? try backend.allocate([width], dtype) : nil }
            backend.layerNormGradient(
                x, weight: w, mean: mean, inverseDeviation: inverse, gradient.array, into: dx,
                weightGradient: dw, biasGradient: db)
            gradient.context.note(name, [x, gradient.array], dx ?? dw ?? x)
            var gradients = [dx.map(gradient.constant)]
            if weightAt != nil { gradients.append(dw.map(gradient.constant)) }
            if biasAt != nil { gradients.append(db.map(gradient.constant)) }
            return gradients
        }
    }

    /// x / sqrt(mean(x^2) + epsilon) * weight over the last axis (`F.rms_norm`).
    public func rmsNorm(_ weight: Tensor, epsilon: Double = 1e-6) throws -> Tensor {
        let name = "rms_norm"
        try requireNumbers(name)
        let width = try normalisedWidth(name)
        try requireCompanion(name, weight, shape: [width], called: "a weight")
        let out = try backend.allocate(shape, dtype)
        let root = try backend.allocate(Array(shape.dropLast()), dtype)
        backend.rmsNorm(
            array, weight: weight.array, epsilon: epsilon, into: out, inverseRoot: root)
        context.note(name, [array, weight.array], out)
        let (x, w) = (array, weight.array)
        let (needsX, needsWeight) = (node != nil, weight.node != nil)
        return Tensor.recorded(out, self, weight) { gradient in
            let backend = gradient.backend
            let dx = needsX ? try backend.allocate(x.shape, x.dtype) : nil
            let dw = needsWeight ? try backend.allocate(w.shape, x.dtype) : nil
            backend.rmsNormGradient(
                x, weight: w, inverseRoot: root, gradient.array, into: dx, weightGradient: dw)
            gradient.context.note(name, [x, gradient.array], dx ?? dw ?? x)
            return [dx.map(gradient.constant), dw.map(gradient.constant)]
        }
    }

    /// `F.group_norm` of [N, C, ...]: each sample's channels in `groups` runs, each run normalised as one row.
    public func groupNorm(
        groups: Int, _ weight: Tensor?, _ bias: Tensor?, epsilon: Double = 1e-5
    ) throws -> Tensor {
        let name = "group_norm"
        try requireAtLeast(1, groups, name, "groups")
        guard rank >= 2, shape[1] % groups == 0 else {
            throw ArrayError.shape(
                operation: name, expected: "[N, C, ...] with C divisible by \(groups)",
                got: "\(shape)")
        }
        let channels = shape[1]
        let ones = Shape(repeating: 1, count: rank - 2)
        try requireCompanion(name, weight, shape: [channels], called: "a weight")
        try requireCompanion(name, bias, shape: [channels], called: "a bias")
        let width = Array(shape.dropFirst()).elementCount / groups
        var result = try reshape([shape[0] * groups, width])
            .layerNorm(nil, nil, epsilon: epsilon).reshape(shape)
        if let weight { result = try result * weight.reshape([channels] + ones) }
        if let bias { result = try result + bias.reshape([channels] + ones) }
        return result
    }

    private func normalisedWidth(_ name: String) throws -> Int {
        guard let width = shape.last, width > 0 else {
            throw ArrayError.shape(
                operation: name, expected: "a last dimension to normalise over", got: "\(shape)")
        }
        return width
    }
}
