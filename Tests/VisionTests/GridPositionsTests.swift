import HireArray
import HireNN
import HireTensor
import HireTestSupport
import HireVLM
import Testing

/// Interpolated position tables against PyTorch, every rule, growing and shrinking.
@Suite struct GridPositionsTests {
    private let native = 5

    private func parameter(_ values: NDArray, _ context: Context) throws -> Parameter {
        let parameter = ModuleScope().parameter("weight", values.shape, .zeros, in: context)
        try parameter.assign(values)
        return parameter
    }

    private func arrays(_ context: Context) throws -> StateDict {
        try SafetensorsFile.read(
            goldenPath("vision/positions.safetensors"), backend: context.backend
        ).stateDict()
    }

    @Test(arguments: GridPositions.Interpolation.allCases, TestBackend.allCases)
    func matchesPyTorch(
        _ interpolation: GridPositions.Interpolation, _ backend: TestBackend
    ) throws {
        let context = backend.context()
        let arrays = try arrays(context)
        let stored = try parameter(arrays.tensor("table"), context)
        for target in [3, 7, 10] {
            let positions = GridPositions(
                stored, prefix: 1, native: native, target: target, interpolation: interpolation)
            try expectClose(
                positions.table().array,
                arrays.tensor("\(interpolation.rawValue).\(target)"), relative: 1e-5,
                absolute: 2e-6, "\(interpolation) to \(target)")
        }
        // At the native size the classes read the table as it is, whatever the rule.
        let same = GridPositions(
            stored, prefix: 1, native: native, target: native, interpolation: interpolation)
        #expect(try same.table().floats() == stored.tensor.floats())
    }

    @Test func theTableIsKeptWhileTheParameterIsFrozen() throws {
        let context = TestBackend.cpu.context()
        let stored = try parameter(arrays(context).tensor("table"), context)
        let positions = GridPositions(stored, prefix: 1, native: native, target: 7)
        #expect(try positions.table().array.storage !== positions.table().array.storage)
        stored.isFrozen = true
        let kept = try positions.table()
        #expect(try positions.table().array.storage === kept.array.storage)
        let doubled = try (stored.tensor * 2).array
        try stored.assign(doubled)
        try expectClose(
            positions.table().array, (kept * 2).array, relative: 1e-6, absolute: 1e-6)
        stored.isFrozen = false
        let table = try positions.table()
        try table.sum().backward()
        let gradient = try #require(stored.gradient)
        // Every output position's weights sum to one, so the gradient sums to the outputs.
        #expect(abs(try gradient.sum().item() - 50 * 4) < 1e-3)
    }

    @Test func aStepIsForBicubicOnly() throws {
        let context = TestBackend.reference.context()
        let map = try context.zeros([1, 4, 4])
        for (mode, step) in [(InterpolationMode.bilinear, 0.5), (.bicubic, 0), (.bicubic, .nan)] {
            let text = message { _ = try map.interpolate(to: [8, 8], mode: mode, step: step) }
            #expect(text.contains("step") && text.contains("bicubic"), "\(text)")
        }
        // A step that leads far out of the map reads its border, or nothing where that is antialiased.
        let ones = try context.ones([1, 4, 4])
        let out = try ones.interpolate(to: [3, 3], mode: .bicubic, step: 9)
        #expect(try out.floats().allSatisfy { abs($0 - 1) < 1e-6 })
        _ = try ones.interpolate(to: [3, 3], mode: .bicubic, antialias: true, step: 9)
    }

    @Test func anEditedMapKeepsItsPrefix() throws {
        let context = TestBackend.reference.context()
        let map = try FeatureMap(
            tokens: context.zeros([1, 4, 2]), grid: [2, 2], prefix: context.ones([1, 1, 2]))
        let edited = try map.replacing(capturedTensor: context.full([1, 2, 2, 2], 3))
        #expect(try edited.sequence().floats() == [1, 1, 3, 3, 3, 3, 3, 3, 3, 3])
    }
}
