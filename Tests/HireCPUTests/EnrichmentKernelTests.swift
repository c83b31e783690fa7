import HireArray
import HireCPU
import HireTestSupport
import Testing

/// The pulled operator against the pushed form, and gradients against finite differences, at sizes beyond those of
/// the agreement tests.
@Suite struct EnrichmentKernelTests {
    private let backend = CPUBackend(threads: 2)

    private func array(_ shape: Shape, _ seed: UInt64, deviation: Double = 1) throws -> NDArray {
        let out = try backend.allocate(shape, .float32)
        backend.normal(RandomSource(seed: seed), mean: 0, deviation: deviation, into: out)
        return out
    }

    private func dot(_ a: NDArray, _ b: NDArray) throws -> Double {
        Swift.zip(try a.doubles(), try b.doubles()).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// resize -> reflect padding -> adaptive convolution per stage, then pooling: the definition.
    private func push(
        _ features: NDArray, _ kernels: [NDArray], _ geometry: PooledOperatorGeometry
    ) throws -> NDArray {
        var current = features
        let (batch, channels) = (features.shape[0], features.shape[1])
        for (stage, grid) in geometry.stages.enumerated() {
            let (rows, columns) = geometry.resize(before: stage)
            let resized = try backend.allocate([batch, channels, grid.x, grid.y], .float32)
            backend.resample(current, rows: rows, columns: columns, into: resized)
            let radius = geometry.radii[stage]
            let padded = try backend.allocate(
                [batch, channels, grid.x + 2 * radius, grid.y + 2 * radius], .float32)
            backend.pad2d(resized, SIMD4(repeating: radius), .reflect, into: padded)
            current = try backend.allocate([batch, channels, grid.x, grid.y], .float32)
            backend.adaptiveConv(padded, kernels[stage], radius: radius, into: current)
        }
        let pooled = try backend.allocate(
            [batch, channels, geometry.pooled.x, geometry.pooled.y], .float32)
        backend.resample(
            current, rows: geometry.pooling.rows, columns: geometry.pooling.columns, into: pooled)
        return pooled
    }

    private static let geometries = [
        PooledOperatorGeometry(
            source: [8, 8], stages: [[14, 14], [28, 28], [56, 56]], radii: [3, 3, 3],
            pooled: [8, 8]),
        PooledOperatorGeometry(
            source: [5, 7], stages: [[11, 9], [23, 40]], radii: [1, 2], pooled: [5, 7]),
        PooledOperatorGeometry(source: [3, 3], stages: [[4, 5]], radii: [3], pooled: [2, 1]),
        PooledOperatorGeometry(source: [6, 9], stages: [], radii: [], pooled: [3, 4]),
        PooledOperatorGeometry(
            source: [4, 4], stages: [[8, 8], [7, 6]], radii: [0, 4], pooled: [9, 3]),
    ]

    @Test(arguments: geometries)
    func pulledEqualsPushed(_ geometry: PooledOperatorGeometry) throws {
        let (batch, channels) = (2, 3)
        let kernels = try geometry.stages.enumerated().map { stage, grid in
            let side = 2 * geometry.radii[stage] + 1
            return try array(
                [batch, side * side, grid.x, grid.y], UInt64(stage), deviation: 1 / Double(side))
        }
        let features = try array([batch, channels, geometry.source.x, geometry.source.y], 9)
        let expected = try push(features, kernels, geometry)
        let tokens = geometry.pooled.x * geometry.pooled.y
        let source = geometry.source.x * geometry.source.y
        let pulled = try backend.allocate([batch, tokens, source], .float32)
        backend.pooledOperator(kernels, geometry, into: pulled)
        let flat = try #require(features.viewed(as: [batch, channels, source]))
        let found = try backend.allocate([batch, channels, tokens], .float32)
        backend.matmul(flat, pulled.transposed(1, 2), bias: nil, into: found)
        try expectClose(
            try #require(found.viewed(as: expected.shape)), expected, relative: 1e-5,
            absolute: 1e-5)
    }

    /// The directional derivative of <W, G> along random kernels' changes: W is linear in each stage's kernel.
    @Test(arguments: geometries.filter { !$0.stages.isEmpty })
    func pulledGradient(_ geometry: PooledOperatorGeometry) throws {
        let batch = 3
        let shapes = geometry.stages.enumerated().map { stage, grid in
            let side = 2 * geometry.radii[stage] + 1
            return [batch, side * side, grid.x, grid.y]
        }
        let kernels = try shapes.enumerated().map {
            try array($1, UInt64($0), deviation: 3 / Double($1[1]))
        }
        let size = [
            batch, geometry.pooled.x * geometry.pooled.y, geometry.source.x * geometry.source.y,
        ]
        let slope = try array(size, 20)
        let gradients = try shapes.map { try backend.allocate($0, .float32) }
        backend.pooledOperatorGradient(kernels, geometry, slope, into: gradients)
        for stage in shapes.indices {
            let change = try array(shapes[stage], UInt64(30 + stage), deviation: 3)
            // Linear in one stage's kernel: replacing it by the change gives the derivative exactly.
            var changed = kernels
            changed[stage] = change
            let pulled = try backend.allocate(size, .float32)
            backend.pooledOperator(changed, geometry, into: pulled)
            let expected = try dot(pulled, slope)
            let found = try dot(gradients[stage], change)
            let scale =
                (try dot(gradients[stage], gradients[stage]) * dot(change, change)).squareRoot()
            #expect(abs(found - expected) < 1e-5 * scale, "stage \(stage)")
        }
    }

    @Test(arguments: [(2, 8, 40, 33, 3), (1, 5, 70, 12, 2), (9, 3, 9, 10, 1)])
    func bilateralGradient(_ batch: Int, _ keys: Int, _ height: Int, _ width: Int, _ radius: Int)
        throws
    {
        let taps = (2 * radius + 1) * (2 * radius + 1)
        let shape = [batch, taps, height, width]
        let projected = try array([batch, keys, height, width], 1, deviation: 0.5)
        let heat = try backend.array([0.7] as [Float], [])
        let spatial = try array([taps], 2)
        backend.unary(.abs, spatial, into: spatial)
        let slope = try array(shape, 3)
        func value(_ projected: NDArray, _ heat: NDArray, _ spatial: NDArray) throws -> Double {
            let (range, out) = (
                try backend.allocate(shape, .float32), try backend.allocate(shape, .float32)
            )
            backend.bilateralKernel(
                projected, temperature: heat, spatial: spatial, radius: radius, range: range,
                into: out)
            return try dot(out, slope)
        }
        let range = try backend.allocate(shape, .float32)
        backend.bilateralKernel(
            projected, temperature: heat, spatial: spatial, radius: radius, range: range,
            into: try backend.allocate(shape, .float32))
        let inputs = [projected, heat, spatial]
        let gradients = try inputs.map { try backend.allocate($0.shape, .float32) }
        backend.bilateralKernelGradient(
            projected, temperature: heat, spatial: spatial, radius: radius, range: range, slope,
            into: gradients[0], temperatureGradient: gradients[1], spatialGradient: gradients[2])
        for (index, input) in inputs.enumerated() {
            let direction = try array(input.shape, UInt64(10 + index))
            // A central difference; float32 values limit it to about three digits.
            let step = 0.01
            var sides: [Double] = []
            for sign in [step, -step] {
                let moved = try backend.allocate(input.shape, .float32)
                backend.copy(input, into: moved)
                backend.accumulate(direction, scale: sign, into: moved)
                var changed = inputs
                changed[index] = moved
                sides.append(try value(changed[0], changed[1], changed[2]))
            }
            let expected = (sides[0] - sides[1]) / (2 * step)
            let found = try dot(gradients[index], direction)
            let scale = try dot(gradients[index], gradients[index]).squareRoot()
            #expect(
                abs(found - expected) < 5e-3 * max(scale, 1),
                "input \(index): \(found), \(expected)")
        }
    }
}
