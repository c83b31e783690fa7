import HireArray
import HireReference
import HireTestSupport
import Testing

/// Gradients of the enrichment kernels against central finite differences in float64 (step 1e-5, 1e-6 + 1e-7).
@Suite struct EnrichmentGradientTests {
    private let backend = ReferenceBackend()

    private func random(
        _ shape: Shape, _ seed: Int, in range: ClosedRange<Double> = -1...1
    ) throws -> NDArray {
        try backend.random(shape, seed: seed, in: range, .float64)
    }

    private func empty(_ shape: Shape) throws -> NDArray {
        try backend.filled(shape, .float64) { _ in }
    }

    @Test(arguments: [1, 2])
    func bilateralKernel(radius: Int) throws {
        let taps = (2 * radius + 1) * (2 * radius + 1)
        let inputs = [
            try random([2, 3, 4, 3], 1), try random([], 2, in: 0.5...2),
            try random([1, taps, 1, 1], 3, in: 0.2...1),
        ]
        func kernels(_ inputs: [NDArray]) throws -> [NDArray] {
            let results = [try empty([2, taps, 4, 3]), try empty([2, taps, 4, 3])]
            backend.bilateralKernel(
                inputs[0], temperature: inputs[1], spatial: inputs[2], radius: radius,
                range: results[0], into: results[1])
            return results
        }
        try expectGradients(
            "bilateralKernel", of: inputs, on: backend, forward: { try kernels($0)[1] },
            backward: { inputs, _, gradient in
                let results = try inputs.map { try empty($0.shape) }
                backend.bilateralKernelGradient(
                    inputs[0], temperature: inputs[1], spatial: inputs[2], radius: radius,
                    range: try kernels(inputs)[0], gradient, into: results[0],
                    temperatureGradient: results[1], spatialGradient: results[2])
                return results
            })
    }

    @Test(arguments: [1, 2])
    func adaptiveConvolution(radius: Int) throws {
        let taps = (2 * radius + 1) * (2 * radius + 1)
        try expectGradients(
            "adaptiveConv",
            of: [
                try random([2, 2, 3 + 2 * radius, 4 + 2 * radius], 4),
                try random([2, taps, 3, 4], 5),
            ], on: backend,
            forward: { inputs in
                try backend.filled([2, 2, 3, 4], .float64) {
                    backend.adaptiveConv(inputs[0], inputs[1], radius: radius, into: $0)
                }
            },
            backward: { inputs, _, gradient in
                let results = try inputs.map { try empty($0.shape) }
                backend.adaptiveConvGradient(
                    inputs[0], inputs[1], radius: radius, gradient, sourceGradient: results[0],
                    kernelGradient: results[1])
                return results
            })
    }

    @Test func pooledOperator() throws {
        let geometry = PooledOperatorGeometry(
            source: [3, 2], stages: [[4, 5], [7, 8]], radii: [1, 2], pooled: [2, 3])
        try expectGradients(
            "pooledOperator", of: [try random([2, 9, 4, 5], 6), try random([2, 25, 7, 8], 7)],
            on: backend,
            forward: { kernels in
                try backend.filled([2, 6, 6], .float64) {
                    backend.pooledOperator(kernels, geometry, into: $0)
                }
            },
            backward: { kernels, _, gradient in
                let results = try kernels.map { try empty($0.shape) }
                backend.pooledOperatorGradient(kernels, geometry, gradient, into: results)
                return results
            })
    }

    /// W times the features equals resizing, padding, convolving and pooling all channels of the features.
    @Test func pooledOperatorEqualsThePushedStages() throws {
        let geometry = PooledOperatorGeometry(
            source: [4, 4], stages: [[7, 7], [14, 14]], radii: [3, 3], pooled: [4, 4])
        let features = try random([2, 5, 4, 4], 8)
        let kernels = [try random([2, 49, 7, 7], 9), try random([2, 49, 14, 14], 10)]

        var map = features
        for stage in 0..<2 {
            let grid = geometry.stages[stage]
            let resize = geometry.resize(before: stage)
            let resized = try backend.filled([2, 5, grid.x, grid.y], .float64) {
                backend.resample(map, rows: resize.rows, columns: resize.columns, into: $0)
            }
            let padded = try backend.filled([2, 5, grid.x + 6, grid.y + 6], .float64) {
                backend.pad2d(resized, [3, 3, 3, 3], .reflect, into: $0)
            }
            map = try backend.filled([2, 5, grid.x, grid.y], .float64) {
                backend.adaptiveConv(padded, kernels[stage], radius: 3, into: $0)
            }
        }
        let pushed = try backend.filled([2, 5, 4, 4], .float64) {
            backend.resample(
                map, rows: geometry.pooling.rows, columns: geometry.pooling.columns, into: $0)
        }

        let weights = try backend.filled([2, 16, 16], .float64) {
            backend.pooledOperator(kernels, geometry, into: $0)
        }
        let tokens = try #require(features.viewed(as: [2, 5, 16])).transposed(1, 2)
        let pulled = try backend.filled([2, 16, 5], .float64) {
            backend.matmul(weights, tokens, bias: nil, into: $0)
        }
        let expected = try #require(pushed.viewed(as: [2, 5, 16])).transposed(1, 2)
        try expectClose(pulled, expected, relative: 1e-10, absolute: 1e-10, "W * features")
    }
}
