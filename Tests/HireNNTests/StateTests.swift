import HireArray
import HireNN
import HireTensor
import HireTestSupport
import Testing

@Suite("State dicts and loading")
struct StateTests {
    @Test("A state goes round bit by bit")
    func roundTrip() throws {
        let source = Tower(in: makeContext(seed: 1))
        let target = Tower(in: makeContext(seed: 2))
        let state = try source.stateDict()
        #expect(state.names == source.parameters().map(\.path))
        let report = try target.load(state)
        #expect(report.isComplete && report.loaded.count == 9)
        for (name, array) in try target.stateDict() {
            try expectClose(array, try state.tensor(name), name)
        }
    }

    @Test("Strict loading shows everything that does not fit, and changes nothing")
    func strict() throws {
        let context = makeContext()
        let tower = Tower(in: context)
        let before = try tower.gain.tensor.floats()
        var state = try Tower(in: makeContext(seed: 8)).stateDict()
        state["gian"] = try context.zeros([3]).array
        state["gain"] = nil
        state["stages.0.0.weight"] = try context.zeros([4, 5]).array
        let text = message { try tower.load(state) }
        #expect(text.contains("1 missing, 1 unexpected, 1 of another shape, 7 that fit"))
        #expect(text.contains("missing     gain   (the source has 'gian')"))
        #expect(text.contains("unexpected  gian   (the model has 'gain')"))
        #expect(text.contains("stages.0.0.weight   expected [4, 3], got [4, 5]"))
        #expect(try tower.gain.tensor.floats() == before)
        #expect(!tower.stages[1].up.weight.isInitialized)
        let report = try tower.load(state, strict: false)
        #expect(report.missing == ["gain"] && report.unexpected == ["gian"])
        #expect(report.mismatched.map(\.name) == ["stages.0.0.weight"])
        try expectClose(
            try tower.stages[1].up.weight.tensor.array, try state.tensor("stages.1.0.weight"))
    }

    @Test("Names can be translated while loading")
    func renaming() throws {
        let context = makeContext()
        let tower = Tower(in: context)
        let state = try Tower(in: makeContext(seed: 8)).stateDict().prefixed("model")
        try tower.load(state, rename: { "model.\($0)" })
        try expectClose(try tower.gain.tensor.array, try state.tensor("model.gain"))
        #expect(state.below("model").names == tower.parameters().map(\.path))
    }

    @Test("Buffers belong to the state unless they say otherwise")
    func buffers() throws {
        let context = makeContext()
        let holder = Holder()
        let mean = holder.scope.buffer("mean", try context.tensor([1.0, 2.0], [2]))
        _ = holder.scope.buffer("table", [4], .zeros, isPersistent: false, in: context)
        #expect(try holder.stateDict().names == ["mean"])
        var state = StateDict()
        state["mean"] = try context.tensor([5.0, 6.0], [2]).array
        try holder.load(state)
        #expect(try mean.tensor.floats() == [5, 6])
        try holder.initialize(from: context.random)
        #expect(try mean.tensor.floats() == [5, 6])
    }
}
