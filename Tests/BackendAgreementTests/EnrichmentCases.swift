import HireArray
import HireTestSupport

/// The kernels of joint bilateral upsampling and the pooled operator, pulled on one side and pushed on the other.
let enrichmentCases: [AgreementCase] = bilateralCases + adaptiveCases + pooledCases

private let bilateralCases: [AgreementCase] = bilateralLayoutCases + bilateralSpecialCases

/// The gradients of the two shared arguments are sums over up to 544 pixels of either sign, hence 3e-5.
private let bilateralLayoutCases: [AgreementCase] = Layout.allCases.flatMap { layout in
    [(1, 4, 5, 6), (2, 8, 7, 4), (3, 32, 16, 17), (3, 5, 4, 4)].map {
        radius, key, rows, columns in
        AgreementCase(
            "bilateralKernel radius \(radius) \(rows)x\(columns) \(layout)", relative: 1e-5,
            absolute: 3e-5
        ) { backend in
            let taps = (2 * radius + 1) * (2 * radius + 1)
            let projected = try backend.input([2, key, rows, columns], 1, layout)
            let temperature = try backend.array([1.3], [], as: .float32)
            let spatial = try backend.input([1, taps, 1, 1], 2, in: 0.1...1)
            let kernels = [2, taps, rows, columns]
            let results = try backend.empty([
                kernels, kernels, projected.shape, [], spatial.shape,
            ])
            backend.bilateralKernel(
                projected, temperature: temperature, spatial: spatial, radius: radius,
                range: results[0], into: results[1])
            backend.bilateralKernelGradient(
                projected, temperature: temperature, spatial: spatial, radius: radius,
                range: results[0], try backend.input(kernels, 3, layout), into: results[2],
                temperatureGradient: results[3], spatialGradient: results[4])
            return results
        }
    }
}

private let bilateralSpecialCases: [AgreementCase] = [
    AgreementCase("bilateralKernel of a sum below the least divisor", relative: 1e-5) {
        backend in
        let results = try backend.empty([[1, 9, 3, 3], [1, 9, 3, 3]])
        backend.bilateralKernel(
            try backend.input([1, 2, 3, 3], 1),
            temperature: try backend.array([1], [], as: .float32),
            spatial: try backend.array([Double](repeating: 1e-9, count: 9), [9], as: .float32),
            radius: 1, range: results[0], into: results[1])
        return results
    }
]

private let adaptiveCases: [AgreementCase] = Layout.allCases.flatMap { layout in
    [(1, 2, 3, 3), (3, 5, 7, 9), (2, 8, 4, 33), (0, 3, 5, 5)].map {
        radius, channels, rows, columns in
        AgreementCase(
            "adaptiveConv radius \(radius) \(rows)x\(columns) \(layout)", relative: 3e-6,
            absolute: 1e-5
        ) { backend in
            let padded = [2, channels, rows + 2 * radius, columns + 2 * radius]
            let taps = (2 * radius + 1) * (2 * radius + 1)
            let source = try backend.input(padded, 1, layout)
            let kernel = try backend.input([2, taps, rows, columns], 2, layout)
            let gradient = try backend.input([2, channels, rows, columns], 3, layout)
            let results = try backend.empty([
                gradient.shape, padded, kernel.shape, padded, kernel.shape,
            ])
            backend.adaptiveConv(source, kernel, radius: radius, into: results[0])
            backend.adaptiveConvGradient(
                source, kernel, radius: radius, gradient, sourceGradient: results[1],
                kernelGradient: results[2])
            backend.adaptiveConvGradient(
                source, kernel, radius: radius, gradient, sourceGradient: results[3],
                kernelGradient: nil)
            backend.adaptiveConvGradient(
                source, kernel, radius: radius, gradient, sourceGradient: nil,
                kernelGradient: results[4])
            return results
        }
    }
}

private let geometries: [(String, PooledOperatorGeometry)] = [
    ("no stage", PooledOperatorGeometry(source: [4, 6], stages: [], radii: [], pooled: [2, 3])),
    (
        "one stage",
        PooledOperatorGeometry(source: [4, 4], stages: [[8, 8]], radii: [3], pooled: [4, 4])
    ),
    (
        "two stages, odd sizes",
        PooledOperatorGeometry(
            source: [3, 5], stages: [[7, 6], [13, 11]], radii: [1, 2], pooled: [4, 3])
    ),
    (
        "the scales of a UNet",
        PooledOperatorGeometry(
            source: [4, 4], stages: [[4, 4], [8, 8], [16, 16], [32, 32], [64, 64]],
            radii: [3, 3, 3, 3, 3], pooled: [4, 4])
    ),
    (
        "finer tokens",
        PooledOperatorGeometry(
            source: [6, 6], stages: [[10, 10], [20, 20]], radii: [3, 3], pooled: [6, 6])
    ),
]

private let pooledCases: [AgreementCase] = geometries.flatMap { name, geometry in
    [Layout.contiguous, .sliced, .expanded].map { layout in
        AgreementCase("pooledOperator, \(name), \(layout)", relative: 1e-5, absolute: 1e-5) {
            backend in
            // Rows of W sum to about 1, as with the kernels of a trained stage, some taps being negative.
            let kernels = try geometry.stages.indices.map { stage in
                let (grid, radius) = (geometry.stages[stage], geometry.radii[stage])
                let taps = (2 * radius + 1) * (2 * radius + 1)
                let scale = 1 / Double(taps)
                return try backend.input(
                    [2, taps, grid.x, grid.y], stage + 1, in: -scale...(3 * scale), layout)
            }
            let shape = [
                2, geometry.pooled.x * geometry.pooled.y, geometry.source.x * geometry.source.y,
            ]
            let gradients = try backend.empty(kernels.map(\.shape))
            let out = try backend.filled(shape) {
                backend.pooledOperator(kernels, geometry, into: $0)
            }
            backend.pooledOperatorGradient(
                kernels, geometry, try backend.input(shape, 9, layout), into: gradients)
            return [out] + gradients
        }
    }
}
