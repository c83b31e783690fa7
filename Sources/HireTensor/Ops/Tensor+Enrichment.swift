import HireArray

/// Joint bilateral upsampling (FeatUp, Fu et al. 2024) and its pooled form.
extension Tensor {
    /// The normalised joint bilateral kernel of each pixel of projected guidance [b, key, H, W]: softmax over
    /// (2r+1)^2 reflected neighbours of temperature * <P_p, P>, times `spatial`, normalised (sum at least
    /// 1e-7).
    ///
    /// Result: [b, (2r+1)^2, H, W].
    ///
    /// Multiply-adds: b x H x W x key x (2r+1)^2; twice that backward.
    ///
    /// - Parameters:
    ///   - temperature: one number.
    ///   - spatial: the fixed or learned window [(2r+1)^2], row-major.
    public func bilateralKernel(
        temperature: Tensor, spatial: Tensor, radius: Int
    ) throws -> Tensor {
        let name = "bilateral_kernel"
        try requireNumbers(name)
        try requireRank(4, name, layout: "[b, key, H, W]")
        try requireAtLeast(0, radius, name, "radius", most: largestRadius)
        let taps = (2 * radius + 1) * (2 * radius + 1)
        try requireReach(name, radius, rows: shape[2], columns: shape[3])
        try Tensor.requireNumbers(name, self, temperature)
        guard temperature.count == 1 else {
            throw ArrayError.shape(
                operation: name, expected: "one temperature", got: "\(temperature.shape)")
        }
        try requireCompanion(name, spatial, shape: [taps], called: "a spatial window")
        let outShape = [shape[0], taps, shape[2], shape[3]]
        let out = try backend.allocate(outShape, dtype)
        let range = try backend.allocate(outShape, dtype)
        let scalar = try temperature.reshape([])
        let (x, t, s) = (array, scalar.array, spatial.array)
        backend.bilateralKernel(
            x, temperature: t, spatial: s, radius: radius, range: range, into: out)
        let work = count * taps
        context.note(name, [x, t, s], out, multiplyAdds: work)
        return Tensor.record(out, from: [self, scalar, spatial]) { gradient, needs in
            let backend = gradient.backend
            let dx = try backend.allocate(x.shape, x.dtype)
            let dt = try backend.allocate([], x.dtype)
            let ds = try backend.allocate([taps], x.dtype)
            backend.bilateralKernelGradient(
                x, temperature: t, spatial: s, radius: radius, range: range, gradient.array,
                into: dx,
                temperatureGradient: dt, spatialGradient: ds)
            gradient.context.note(name, [x, gradient.array], dx, multiplyAdds: 2 * work)
            return zip([dx, dt, ds], needs).map { $1 ? gradient.constant($0) : nil }
        }
    }

    /// Applies a kernel per pixel, the same for all channels, to this padded map [b, c, H + 2r, W + 2r]
    /// (FeatUp's `AdaptiveConv`).
    ///
    /// Result: [b, c, H, W].
    ///
    /// Multiply-adds: b x c x H x W x (2r+1)^2; as many for each gradient.
    ///
    /// - Parameter kernel: [b, (2r+1)^2, H, W].
    public func adaptiveConv(_ kernel: Tensor, radius: Int) throws -> Tensor {
        let name = "adaptive_conv"
        try requireAtLeast(0, radius, name, "radius", most: largestRadius)
        try requireRank(4, name, layout: "[b, c, H + 2r, W + 2r]")
        try Tensor.requireNumbers(name, self, kernel)
        let taps = (2 * radius + 1) * (2 * radius + 1)
        let (rows, columns) = (shape[2] - 2 * radius, shape[3] - 2 * radius)
        guard rows > 0, columns > 0, kernel.shape == [shape[0], taps, rows, columns] else {
            throw ArrayError.shape(
                operation: name,
                expected:
                    "a kernel of shape \([shape[0], taps, rows, columns]) for a source \(shape) "
                    + "padded by \(radius)",
                got: "\(kernel.shape)")
        }
        let out = try backend.allocate([shape[0], shape[1], rows, columns], dtype)
        backend.adaptiveConv(array, kernel.array, radius: radius, into: out)
        let work = out.count * taps
        let (x, k) = (array, kernel.array)
        context.note(name, [x, k], out, multiplyAdds: work)
        let (needsX, needsKernel) = (node != nil, kernel.node != nil)
        return Tensor.recorded(out, self, kernel) { gradient in
            let backend = gradient.backend
            let dx = needsX ? try backend.allocate(x.shape, x.dtype) : nil
            let dk = needsKernel ? try backend.allocate(k.shape, x.dtype) : nil
            backend.adaptiveConvGradient(
                x, k, radius: radius, gradient.array, sourceGradient: dx, kernelGradient: dk)
            gradient.context.note(
                name, [x, k, gradient.array], dx ?? dk ?? x,
                multiplyAdds: (needsX && needsKernel ? 2 : 1) * work)
            return [dx.map(gradient.constant), dk.map(gradient.constant)]
        }
    }

    /// The matrix W [b, pooled tokens, source tokens] of a stack of stages (bicubic resize, reflect padding, kernel
    /// per pixel) and the average pooling behind it, so that pooled features are W * features.
    ///
    /// Multiply-adds: see `PooledOperatorGeometry.multiplyAdds`.
    ///
    /// - Parameter kernels: per stage [b, (2r+1)^2, H, W] on the stage's grid.
    public static func pooledOperator(
        kernels: [Tensor], _ geometry: PooledOperatorGeometry
    ) throws -> Tensor {
        let name = "pooled_operator"
        guard let first = kernels.first, kernels.count == geometry.stages.count else {
            throw ArrayError.argument(
                operation: name, name: "kernels",
                expected: "one per stage (\(geometry.stages.count)), and at least one",
                got: "\(kernels.count)")
        }
        try first.requireRank(4, name, layout: "[b, (2r+1)^2, H, W] for every kernel")
        for (stage, kernel) in kernels.enumerated() {
            let (grid, radius) = (geometry.stages[stage], geometry.radii[stage])
            let taps = (2 * radius + 1) * (2 * radius + 1)
            try first.requireNumbers(name)
            try first.requireCompanion(
                name, kernel, shape: [first.shape[0], taps, grid.x, grid.y],
                called: "a kernel for stage \(stage)")
            try first.requireReach(name, radius, rows: grid.x, columns: grid.y)
        }
        let arrays = try kernels.map { try first.backend.contiguous($0.array) }
        let batch = first.shape[0]
        let out = try first.backend.allocate(
            [batch, geometry.pooled.x * geometry.pooled.y, geometry.source.x * geometry.source.y],
            first.dtype)
        first.backend.pooledOperator(arrays, geometry, into: out)
        first.context.note(
            name, kernels.map(\.array), out, multiplyAdds: batch * geometry.multiplyAdds)
        return record(out, from: kernels) { gradient, needs in
            let results = try arrays.map { try gradient.backend.allocate($0.shape, $0.dtype) }
            gradient.backend.pooledOperatorGradient(
                arrays, geometry, gradient.array, into: results)
            gradient.context.note(
                name, arrays + [gradient.array], results[0],
                multiplyAdds: batch * geometry.gradientMultiplyAdds)
            return zip(results, needs).map { $1 ? gradient.constant($0) : nil }
        }
    }

    /// Checks that a reflected border stays inside the map.
    func requireReach(_ name: String, _ radius: Int, rows: Int, columns: Int) throws {
        guard radius < Swift.min(rows, columns) else {
            throw ArrayError.argument(
                operation: name, name: "radius",
                expected: "smaller than the map \(rows)x\(columns)",
                got: "\(radius)")
        }
    }
}
