import HireArray
import HireReference
import HireShapes
import HireTensor
import Testing

/// Recording, accumulating and releasing.
struct GraphTests {
    let context = Context(backend: ReferenceBackend())

    @Test func gradientsOfAReusedValueAddUp() throws {
        let x = try context.variable([2, -3], [2])
        let y = try x * x + x
        try y.sum().backward()
        #expect(try x.gradient?.floats() == [5, -5])
    }

    @Test func aSecondBackwardAddsToTheGradientOfALeaf() throws {
        let x = try context.variable([1, 2], [2])
        try x.scaled(by: 3).sum().backward()
        try x.scaled(by: 4).sum().backward()
        #expect(try x.gradient?.floats() == [7, 7])
        x.clearGradient()
        #expect(x.gradient == nil)
    }

    @Test func aGraphServesOneBackwardUnlessRetained() throws {
        let x = try context.variable([1], [1])
        let y = try x.exp()
        try y.backward(retainGraph: true)
        try y.backward()
        #expect(throws: GraphError.alreadyReleased) { try y.backward() }
    }

    @Test func detachedTensorsAndConstantsStopGradients() throws {
        let x = try context.variable([2], [1])
        try (x * x.detached()).backward()
        #expect(try x.gradient?.floats() == [2])
        #expect(throws: GraphError.noGradient) { try x.detached().exp().backward() }
    }

    @Test func nothingIsRecordedWithoutGradients() throws {
        let x = try context.variable([2], [1])
        let (plain, recorded) = try context.withoutGradients {
            (try x.exp(), try context.withGradients { try x.exp() })
        }
        #expect(!plain.requiresGradient)
        #expect(recorded.requiresGradient)
    }

    @Test func backwardOfAMapNeedsAGradientOfItsShape() throws {
        let x = try context.variable([1, 2], [2])
        let y = try x.exp()
        #expect(throws: GraphError.notScalar(shape: [2])) { try y.backward() }
        #expect(throws: ArrayError.self) { try y.backward(context.ones([3])) }
    }

    @Test func operandsOfTwoContextsAreRefused() throws {
        let other = Context(backend: context.backend)
        let (a, b) = (try context.ones([2]), try other.ones([2]))
        #expect(throws: GraphError.mixedContexts(operation: "add")) { try a + b }
        #expect(throws: GraphError.mixedContexts(operation: "cat")) {
            try Tensor.concat([a, b], dim: 0)
        }
    }

    /// A leaf's gradient must not be a view that keeps a larger array alive.
    @Test func leafGradientsAreContiguous() throws {
        let x = try context.variable([1, 2, 3, 4, 5, 6], [2, 3])
        let bias = try context.variable([0, 0, 0], [3])
        try (x.transpose(0, 1).square() + bias.unsqueeze(1)).sum().backward()
        #expect(x.gradient?.array.isContiguous == true)
        #expect(try x.gradient?.floats() == [2, 4, 6, 8, 10, 12])
        #expect(try bias.gradient?.floats() == [2, 2, 2])
    }

    /// Forgetting to keep only what is needed would show in the ledger.
    @Test func geluKeepsItsInputAndNothingElse() throws {
        let backend = ReferenceBackend()
        let context = Context(backend: backend)
        let x = try context.variable([Float](repeating: 1, count: 1024), [1024])
        let before = backend.ledger.liveBytes
        let y = try x.gelu()
        #expect(backend.ledger.liveBytes - before == y.array.byteCount)
        try context.withoutGradients {
            let q = try x.reshape([1, 1, 32, 32])
            _ = backend.ledger.resetPeak()
            let start = backend.ledger.liveBytes
            let attended = try q.scaledDotProductAttention(q, q)
            #expect(backend.ledger.peakBytes - start == attended.array.byteCount)
        }
    }

    @Test func backwardCostsAreToldApart() throws {
        final class Recorder: OpObserver {
            var forward = 0
            var backward = 0
            func observe(_ call: OpCall) {
                let work = call.multiplyAdds
                if call.isBackward { backward += work } else { forward += work }
            }
        }
        let context = Context(backend: ShapesBackend())
        let recorder = Recorder()
        context.observer = recorder
        let x = Tensor.variable(try context.zeros([2, 3, 4]).array, in: context)
        let weight = Tensor.variable(try context.zeros([5, 4]).array, in: context)
        try x.linear(weight).sum().backward()
        #expect(recorder.forward == 2 * 3 * 4 * 5)
        #expect(recorder.backward == 2 * recorder.forward)
    }
}
