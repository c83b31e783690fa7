import HireArray

extension ReferenceBackend {
    /// W [b, pooled tokens, source tokens], found by pushing: a map that is 1 at one source token and 0 elsewhere
    /// goes through every stage and is pooled, which gives that token's column of W.
    public func pooledOperator(
        _ kernels: [NDArray], _ geometry: PooledOperatorGeometry, into out: NDArray
    ) {
        let kernels = kernels.map { Numbers($0) }
        var result = Numbers(zeros: out.shape)
        for b in 0..<out.shape[0] {
            let own = kernels.map { $0.sample(b) }
            for token in 0..<out.shape[2] {
                let pooled = push(token, own, geometry).pooled
                for (row, value) in pooled.values.enumerated() { result[b, row, token] = value }
            }
        }
        result.write(to: out)
    }

    /// Gradients of `pooledOperator` with respect to every stage's kernel: each column's push, backwards.
    public func pooledOperatorGradient(
        _ kernels: [NDArray], _ geometry: PooledOperatorGeometry, _ gradient: NDArray,
        into kernelGradients: [NDArray]
    ) {
        let kernels = kernels.map { Numbers($0) }
        let gradient = Numbers(gradient)
        var results = kernels.map { Numbers(zeros: $0.shape) }
        let pooling = geometry.pooling
        for b in 0..<gradient.shape[0] {
            let own = kernels.map { $0.sample(b) }
            for token in 0..<gradient.shape[2] {
                let padded = push(token, own, geometry).padded
                var map = Numbers(zeros: [1, geometry.pooled.x, geometry.pooled.y])
                for row in 0..<gradient.shape[1] { map[row] = gradient[b, row, token] }
                map = map.resampled(
                    rows: pooling.rows.transposed, columns: pooling.columns.transposed)
                for stage in kernels.indices.reversed() {
                    let radius = geometry.radii[stage]
                    map.shape.insert(1, at: 0)
                    let kernelGradient = padded[stage].adaptiveKernelGradient(map, radius: radius)
                    let start = b * kernelGradient.values.count
                    for (index, value) in kernelGradient.values.enumerated() {
                        results[stage][start + index] += value
                    }
                    map = map.adaptivelyConvolvedBack(own[stage], radius: radius)
                    map.shape.removeFirst()
                    let resize = geometry.resize(before: stage)
                    map = map.unpadded(SIMD4(repeating: radius), .reflect)
                        .resampled(
                            rows: resize.rows.transposed, columns: resize.columns.transposed)
                }
            }
        }
        for (result, out) in zip(results, kernelGradients) { result.write(to: out) }
    }

    /// The one-hot map of a source token through all stages: what each stage's kernel was applied to
    /// ([1, 1, H + 2r, W + 2r]), and the pooled end [1, rows, columns].
    private func push(
        _ token: Int, _ kernels: [Numbers], _ geometry: PooledOperatorGeometry
    ) -> (padded: [Numbers], pooled: Numbers) {
        var map = Numbers(zeros: [1, geometry.source.x, geometry.source.y])
        map[token] = 1
        var padded: [Numbers] = []
        for (stage, kernel) in kernels.enumerated() {
            let radius = geometry.radii[stage]
            let resize = geometry.resize(before: stage)
            map = map.resampled(rows: resize.rows, columns: resize.columns)
                .padded(SIMD4(repeating: radius), .reflect)
            map.shape.insert(1, at: 0)
            padded.append(map)
            map = map.adaptivelyConvolved(kernel, radius: radius)
            map.shape.removeFirst()
        }
        let pooling = geometry.pooling
        return (padded, map.resampled(rows: pooling.rows, columns: pooling.columns))
    }
}

extension Numbers {
    /// One sample of a batch, as a batch of one.
    fileprivate func sample(_ index: Int) -> Numbers {
        var result = Numbers(zeros: [1] + shape.dropFirst())
        let size = result.values.count
        result.values = Array(values[index * size..<(index + 1) * size])
        return result
    }
}
