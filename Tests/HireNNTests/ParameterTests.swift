import HireArray
import HireNN
import HireShapes
import HireTensor
import HireTestSupport
import Testing

@Suite("Parameters")
struct ParameterTests {
    @Test("Numbers depend on the seed, the full path and the shape only")
    func pathKeyed() throws {
        let context = makeContext(seed: 11)
        let alone = Holder()
        let first = alone.scope.child("enricher", Tower(in: context))
        try alone.initialize(from: context.random)
        let other = makeContext(seed: 11)
        let crowded = Holder()
        crowded.scope.child("encoder", Linear(9, 9, in: other))
        let second = crowded.scope.child("enricher", Tower(in: other))
        try crowded.initialize(from: other.random)
        for ((path, a), (_, b)) in zip(first.parameters(), second.parameters()) {
            try expectClose(try a.tensor.array, try b.tensor.array, path)
        }
        let elsewhere = Tower(in: context)
        try elsewhere.initialize(from: context.random)
        #expect(
            try elsewhere.stages[0].up.weight.tensor.floats()
                != first.stages[0].up.weight.tensor.floats())
        #expect(
            try first.stages[0].up.weight.tensor.floats()
                != first.stages[1].up.weight.tensor.floats())
    }

    @Test("A parameter that nobody initialised draws what initialize would")
    func lazily() throws {
        let context = makeContext(seed: 3)
        let lazy = Tower(in: context)
        #expect(!lazy.gain.isInitialized)
        let eager = Tower(in: context)
        try eager.initialize(from: context.random)
        #expect(eager.gain.isInitialized)
        try expectClose(
            try lazy.stages[1].down.weight.tensor.array,
            try eager.stages[1].down.weight.tensor.array)
    }

    @Test("Making a module allocates nothing")
    func allocatesNothing() throws {
        let context = makeContext()
        let before = context.backend.ledger.liveBytes
        let layer = Linear(1000, 1000, in: context)
        #expect(context.backend.ledger.liveBytes == before)
        _ = try layer.weight.tensor
        #expect(context.backend.ledger.liveBytes - before == 4_000_000)
    }

    @Test("Frozen parameters record no graph; others collect gradients")
    func freezing() throws {
        let context = makeContext()
        let tower = Tower(in: context)
        try tower.freeze("stages.0")
        try tower.freeze("**.bias")
        #expect(tower.stages[0].up.weight.isFrozen && tower.stages[1].up.bias?.isFrozen == true)
        #expect(tower.trainableParameterCount == 3 + 12 + 12)
        try tower(context.ones([1, 3])).sum().backward()
        #expect(tower.stages[0].up.weight.gradient == nil)
        #expect(tower.stages[1].up.weight.gradient?.shape == [4, 3])
        try tower.unfreeze("stages.0.0.weight")
        #expect(!tower.stages[0].up.weight.isFrozen)
        tower.freeze()
        #expect(try !tower(context.ones([1, 3])).requiresGradient)
        let text = message { try tower.freeze("stages.7.*") }
        #expect(text.contains("Unknown parameter 'stages.7.*'"))
    }

    @Test("A snapshot does not change when training goes on, and the gradient stays")
    func snapshots() throws {
        let context = makeContext()
        let layer = Linear(3, 2, in: context)
        let state = try layer.stateDict()
        let before = try state.tensor("weight").floats()
        try layer(context.ones([1, 3])).sum().backward()
        let optimizer = try SGD(
            groups: [ParameterGroup(name: "all", parameters: [layer.weight], learningRate: 1)])
        try optimizer.step()
        #expect(try state.tensor("weight").floats() == before)
        try expectClose(
            try layer.weight.tensor.array, before.map { Double($0) - 1 }, absolute: 1e-6, "stepped")
        #expect(try layer.weight.gradient?.floats() == [1, 1, 1, 1, 1, 1])
    }

    @Test("Half-precision weights stay as stored until they are trained")
    func halfStorage() throws {
        let context = makeContext()
        let layer = Linear(3, 2, in: context)
        let values: [Double] = [1, 0.5, -2, 0.25, 3, -1]
        let stored = try context.backend.array(values, [2, 3], as: .bfloat16)
        layer.freeze()
        try layer.weight.assign(stored)
        #expect(try layer.weight.tensor.dtype == .bfloat16)
        #expect(try layer(context.ones([1, 3])).dtype == .float32)
        layer.unfreeze()
        #expect(try layer.weight.tensor.dtype == .float32)
        #expect(try layer.weight.tensor.requiresGradient)
        try expectClose(try layer.weight.tensor.array, values)
        let norm = LayerNorm(2, in: context)
        norm.freeze()
        try norm.weight?.assign(context.backend.array([1, 2], [2], as: .float16))
        #expect(norm.weight?.dtype == .float32)
    }

    @Test("A wrong shape is refused with the path")
    func wrongShape() throws {
        let context = makeContext()
        let tower = Tower(in: context)
        let text = message { try tower.gain.assign(context.ones([4]).array) }
        #expect(text == "assign to gain: expected shape [3], got [4].")
    }

    @Test("A model without numbers has shapes and counts")
    func shapesOnly() throws {
        let context = Context(backend: ShapesBackend())
        let tower = Tower(in: context)
        #expect(try tower(context.ones([2, 3])).shape == [2, 3])
        let norm = BatchNorm2d(3, in: context)
        #expect(try norm(context.ones([2, 3, 4, 4])).shape == [2, 3, 4, 4])
    }
}
