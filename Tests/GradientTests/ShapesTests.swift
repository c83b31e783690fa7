import HireArray
import HireReference
import HireShapes
import HireTensor
import Testing

/// The shapes-only back-end against the computing one.
struct ShapesTests {
    @Test(arguments: OpCase.all)
    func shapesAndCostsAreThoseOfTheRealRun(_ test: OpCase) throws {
        let computed = try Self.trace(test, ReferenceBackend())
        let shaped = try Self.trace(test, ShapesBackend())
        #expect(shaped.shapes == computed.shapes)
        #expect(shaped.gradients == computed.gradients)
        #expect(shaped.calls == computed.calls)
    }

    /// A rule that counts must count something, and only such a rule may.
    @Test(arguments: OpTable.all.map(\.name))
    func costRuleTellsWhetherMultiplyAddsAreCounted(_ name: String) throws {
        let op = try #require(OpTable.op(named: name))
        var total = 0
        for example in op.examples {
            let trace = try Self.trace(OpCase(op: op, example: example), ShapesBackend())
            total += trace.calls.filter { !$0.isBackward }.reduce(0) { $0 + $1.multiplyAdds }
        }
        if case .counted = op.costRule { #expect(total > 0) } else { #expect(total == 0) }
    }

    private struct Trace {
        var shapes: [Shape]
        var gradients: [Shape?]
        var calls: [Call]
    }

    private struct Call: Equatable {
        var name: String
        var inputs: [Shape]
        var output: Shape
        var multiplyAdds: Int
        var isBackward: Bool
    }

    private final class Recorder: OpObserver {
        var calls: [Call] = []
        func observe(_ call: OpCall) {
            calls.append(
                Call(
                    name: call.name, inputs: call.inputs, output: call.output,
                    multiplyAdds: call.multiplyAdds, isBackward: call.isBackward))
        }
    }

    private static func trace(_ test: OpCase, _ backend: any Backend) throws -> Trace {
        let context = Context(backend: backend)
        let recorder = Recorder()
        context.observer = recorder
        let run = try OpRun(test.example.instance(of: test.op), in: context)
        return Trace(
            shapes: run.results.map(\.shape), gradients: run.gradients.map { $0?.shape },
            calls: recorder.calls)
    }
}
