import HireArray
import HireNN
import HireTensor
import HireTestSupport
import Testing

@Suite("Captures and edits")
struct CaptureTests {
    @Test("Capture points are outputs and declared points, in the order of the tree")
    func points() throws {
        let tower = Tower(in: makeContext())
        #expect(
            tower.capturePoints() == [
                "output", "stages.0.hidden", "stages.0.output", "stages.0.0.output",
                "stages.0.1.output", "stages.0.2.output", "stages.1.hidden", "stages.1.output",
                "stages.1.0.output", "stages.1.1.output", "stages.1.2.output",
            ])
    }

    @Test("A capture sees what matches, until its handle goes")
    func capturing() throws {
        let context = makeContext()
        let tower = Tower(in: context)
        tower.train(false)
        let x = try context.ones([2, 3])
        var seen: [String: Shape] = [:]
        var handle: CaptureHandle? = try tower.capture(["stages.*", "stages.1.hidden", "output"]) {
            seen[$0] = $1.shape
        }
        #expect(
            handle?.names == ["output", "stages.0.output", "stages.1.hidden", "stages.1.output"])
        _ = try tower(x)
        #expect(
            seen == [
                "output": [2, 3], "stages.0.output": [2, 3], "stages.1.hidden": [2, 4],
                "stages.1.output": [2, 3],
            ])
        seen = [:]
        handle = nil
        _ = try tower(x)
        #expect(seen.isEmpty)
        let other = try tower.capture(["output"]) { seen[$0] = $1.shape }
        other.cancel()
        _ = try tower(x)
        #expect(seen.isEmpty)
    }

    @Test("A handle may be cancelled from inside its own handler")
    func cancellingInside() throws {
        let context = makeContext()
        let tower = Tower(in: context)
        var count = 0
        var handle: CaptureHandle?
        handle = try tower.capture(["**"]) { _, _ in
            count += 1
            handle?.cancel()
        }
        _ = try tower(context.ones([1, 3]))
        #expect(count == 1)
        #expect(handle != nil)
    }

    @Test("A pattern that matches nothing names the nearest points")
    func unmatched() throws {
        let tower = Tower(in: makeContext())
        let text = message { _ = try tower.capture(["output", "stages.0.hiden"]) { _, _ in } }
        #expect(text.contains("'stages.0.hiden'") && text.contains("'stages.0.hidden'"))
    }

    @Test("An edit replaces a tensor, and gradients flow through what it returns")
    func editing() throws {
        let context = makeContext()
        let tower = Tower(in: context)
        tower.train(false)
        let x = try context.ones([2, 3])
        let plain = try tower(x)
        let handle = try tower.edit("stages.1.output") { _, tensor in try tensor.scaled(by: 0) }
        let edited = try tower(x)
        try expectClose(edited.array, [0, 0, 0, 0, 0, 0], "edited to zero")
        handle.cancel()
        try expectClose(try tower(x).array, plain.array, "as before")
        let observing = try tower.edit("stages.0") { _, _ in nil }
        try expectClose(try tower(x).array, plain.array, "left as it is")
        observing.cancel()
    }

    @Test("Captures and edits rest where a module is run for another purpose")
    func resting() throws {
        let context = makeContext()
        let tower = Tower(in: context)
        tower.train(false)
        let x = try context.ones([2, 3])
        let plain = try tower(x)
        var seen: [String] = []
        let watch = try tower.capture(["output", "stages.0"]) { name, _ in seen.append(name) }
        let edit = try tower.edit("stages.1.output") { _, tensor in try tensor.scaled(by: 0) }
        try expectClose(
            try tower.withoutCaptures { try tower(x) }.array, plain.array, "unedited")
        #expect(seen.isEmpty)
        tower.withoutCaptures { edit.cancel() }
        try expectClose(try tower(x).array, plain.array, "the edit was cancelled meanwhile")
        #expect(seen == ["stages.0.output", "output"])
        #expect(throws: (any Error).self) {
            try tower.withoutCaptures { _ = try tower(context.ones([2, 4])) }
        }
        _ = try tower(x)
        #expect(seen.count == 4)
        watch.cancel()
        #expect(tower.scope.isCaptured("output") == false)
    }

    @Test("Captured tensors have their history")
    func history() throws {
        let context = makeContext()
        let tower = Tower(in: context)
        var hidden: Tensor?
        let handle = try tower.capture(["stages.0.hidden"]) { hidden = $1 }
        _ = try tower(context.ones([1, 3]))
        try #require(hidden).sum().backward()
        #expect(tower.stages[0].up.weight.gradient != nil)
        #expect(tower.stages[0].down.weight.gradient == nil)
        handle.cancel()
    }

    @Test("Names are relative to the module asked, whatever holds it")
    func relativeNames() throws {
        let context = makeContext()
        let root = Holder()
        let tower = root.scope.child("enricher", Tower(in: context))
        var seen: [String] = []
        let inner = try tower.capture(["stages.0"]) { name, _ in seen.append(name) }
        let outer = try root.capture(["enricher.stages.0"]) { name, _ in seen.append(name) }
        _ = try tower(context.ones([1, 3]))
        #expect(seen == ["stages.0.output", "enricher.stages.0.output"])
        inner.cancel()
        outer.cancel()
    }

    @Test("An error in a handler names the module")
    func handlerErrors() throws {
        struct Refusal: Error {}
        let context = makeContext()
        let tower = Tower(in: context)
        let handle = try tower.capture(["stages.1"]) { _, _ in throw Refusal() }
        let error = #expect(throws: ModuleError.self) { _ = try tower(context.ones([1, 3])) }
        #expect(error?.path == "stages.1" && error?.underlying is Refusal)
        handle.cancel()
    }

    @Test("A point that was not declared is refused")
    func undeclared() throws {
        let context = makeContext()
        let tower = Tower(in: context)
        let text = message { _ = try tower.stages[0].scope.capture("hiden", context.ones([1])) }
        #expect(text.hasPrefix("stages.0: Unknown capture point 'hiden'; did you mean 'hidden'?"))
    }

    @Test("Attention probabilities can be captured and edited")
    func attention() throws {
        let context = makeContext()
        let attention = MultiHeadAttention(6, heads: 2, in: context)
        let x = try context.normal([1, 4, 6], from: RandomSource(seed: 3))
        let plain = try attention(x)
        var shape: Shape = []
        let watch = try attention.capture(["attention.probabilities"]) { _, tensor in
            shape = tensor.shape
            try expectClose(
                tensor.sum(dims: [3]).array, try context.ones([1, 2, 4]).array, absolute: 1e-6,
                "rows sum to one")
        }
        try expectClose(try attention(x).array, plain.array, absolute: 1e-6, "captured")
        #expect(shape == [1, 2, 4, 4])
        watch.cancel()
        let same = try attention.edit("attention.probabilities") { _, tensor in tensor }
        try expectClose(try attention(x).array, plain.array, absolute: 1e-6, "edited to itself")
        same.cancel()
    }
}
