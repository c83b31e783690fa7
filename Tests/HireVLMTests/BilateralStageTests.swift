import Foundation
import HireArray
import HireNN
import HireReference
import HireTensor
import HireTestSupport
import HireVLM
import Testing

/// FeatUp's stage against numbers made with its own PyTorch code (float32, so tolerances are 1e-4 of the sums).
@Suite struct BilateralStageTests {
    struct Case: Sendable {
        let guidance, key, radius, source, grid: Int
        /// Sum, sum of squares and first six values of the kernels before and after the fixup, and of the output.
        let normalised, kernel, output: [Double]
    }

    static let cases = [
        Case(
            guidance: 3, key: 4, radius: 1, source: 3, grid: 6,
            normalised: [
                36, 5.405132, 0.057184, 0.057858, 0.057262, 0.056511, 0.055803, 0.055158,
            ],
            kernel: [
                34.463229, 5.724612, 0.043443, 0.050343, 0.054608, 0.056266, 0.055055, 0.051239,
            ],
            output: [
                15.211582, 26.407338, 0.061634, 0.148359, 0.357778, 0.582921, 0.744582, 0.806695,
            ]),
        Case(
            guidance: 5, key: 32, radius: 3, source: 4, grid: 9,
            normalised: [
                81, 3.980329, 0.003564, 0.002278, 0.001731, 0.001548, 0.002043, 0.002632,
            ],
            kernel: [
                81.855623, 31.157468, -0.103903, -0.105379, -0.10595, -0.106002, -0.105377,
                -0.104827,
            ],
            output: [
                8.756568, 17.597882, 0.490579, 0.489549, 0.524991, 0.554653, 0.558737, 0.541677,
            ]),
    ]

    @Test(arguments: cases) func agreesWithFeatUp(_ item: Case) throws {
        let context = Context(backend: ReferenceBackend(), dtype: .float64)
        let (stack, guidance) = try filledStack(item, in: context)
        let kernels = try stack.kernels([guidance])
        let source = try FeatureMap(
            map: sequence([1, 2, item.source, item.source], 1, 0.5, in: context))
        let pushed = try stack.highResolution(source, kernels)
        try expectNumbers(kernels[0], item.kernel)
        try expectNumbers(pushed.map(), item.output)
    }

    @Test(arguments: cases) func withoutFixupKernelsAreNormalised(_ item: Case) throws {
        let context = Context(backend: ReferenceBackend(), dtype: .float64)
        let (stack, guidance) = try filledStack(item, hasFixup: false, in: context)
        #expect(stack.parameters().allSatisfy { !$0.path.contains("fixup") })
        try expectNumbers(stack.kernels([guidance])[0], item.normalised)
    }

    @Test(arguments: cases) func pulledEqualsPushed(_ item: Case) throws {
        let context = Context(backend: ReferenceBackend(), dtype: .float64)
        let (stack, guidance) = try filledStack(item, in: context)
        let kernels = try stack.kernels([guidance])
        let grid = SIMD2(item.source, item.source)
        let source = try FeatureMap(
            map: sequence([1, 2, item.source, item.source], 1, 0.5, in: context))
        let pushed = try stack.highResolution(source, kernels).pooled(to: grid)
        let pulled = try source.applying(
            stack.pooledOperator(kernels, source: grid, pooled: grid), onto: grid)
        try expectClose(pulled.map().array, pushed.map().array, relative: 1e-12, absolute: 1e-12)
    }

    /// Parameters filled by rule: element k of the c-th tensor (by name, scalars left out) is 0.3 sin(k + 1 + c).
    private func filledStack(
        _ item: Case, hasFixup: Bool = true, in context: Context
    ) throws -> (JointBilateralStack, Tensor) {
        let stack = try JointBilateralStack(
            guidanceChannels: [item.guidance], keySize: item.key, radius: item.radius,
            hasFixup: hasFixup, in: context)
        try stack.initialize(from: context.random)
        stack.train(false)
        // The fixup's four tensors come first by name, whether they are there or not.
        var rank = hasFixup ? 0 : 4
        for (path, parameter) in stack.parameters().sorted(by: { $0.path < $1.path }) {
            let shape = parameter.shape
            if shape.isEmpty {
                let value = path.hasSuffix("range_temp") ? 0.2 : 0.8
                try parameter.assign(context.backend.array([value], []))
                continue
            }
            let values = (0..<shape.elementCount).map { 0.3 * sin(Double($0 + 1 + rank)) }
            try parameter.assign(context.backend.array(values, shape))
            rank += 1
        }
        return (
            stack, try sequence([1, item.guidance, item.grid, item.grid], 1, 0.31, in: context)
        )
    }

    private func sequence(
        _ shape: [Int], _ amplitude: Double, _ step: Double, in context: Context
    ) throws -> Tensor {
        Tensor(
            try context.backend.array(sines(shape.elementCount, amplitude, step), shape),
            in: context)
    }

    private func expectNumbers(_ tensor: Tensor, _ golden: [Double]) throws {
        let values = try tensor.array.doubles()
        #expect(abs(values.reduce(0, +) - golden[0]) < 1e-4)
        #expect(abs(values.reduce(0) { $0 + $1 * $1 } - golden[1]) < 1e-4)
        for (value, expected) in zip(values, golden.dropFirst(2)) {
            #expect(abs(value - expected) < 2e-6, "\(value) is not \(expected)")
        }
    }
}
