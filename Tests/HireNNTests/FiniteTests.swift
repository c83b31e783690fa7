import HireArray
import HireFiles
import HireNN
import HireTensor
import HireTestSupport
import Testing

@Suite("Numbers that are not finite")
struct FiniteTests {
    /// x / x, which is NaN at zero; then a linear layer.
    private final class Divider: Layer {
        let scope = ModuleScope()
        private let linear: Linear
        private let quotient: Quotient
        private let between: Bool

        init(between: Bool, in context: Context) {
            self.between = between
            quotient = scope.child("quotient", Quotient())
            linear = scope.child("linear", Linear(3, 2, in: context))
        }

        func forward(_ input: Tensor) throws -> Tensor {
            try linear(between ? input / input : quotient(input))
        }
    }

    private final class Quotient: Layer {
        let scope = ModuleScope()
        func forward(_ input: Tensor) throws -> Tensor { try input / input }
    }

    private final class Root: Module {
        let scope = ModuleScope()
    }

    private func error(_ body: () throws -> Void) -> (path: String, error: NotFiniteError)? {
        do {
            try body()
            return nil
        } catch let error as ModuleError {
            return (error.underlying as? NotFiniteError).map { (error.path, $0) }
        } catch {
            Issue.record("\(error)")
            return nil
        }
    }

    @Test("The layer that makes the first one is named, with place and number")
    func output() throws {
        let context = makeContext()
        let root = Root()
        let layer = Divider(between: false, in: context)
        try root.scope.addChild("stage", layer)
        let x = try context.tensor([1, 2, 0, 4, 5, 6, 0, 0, 9] as [Float], [3, 3])
        #expect(try layer(x).floats().contains { $0.isNaN })
        context.checksFinite = true
        let found = try #require(error { _ = try layer(x) })
        #expect(found.path == "stage.quotient")
        #expect(found.error.side == "output" && found.error.shape == [3, 3])
        #expect(found.error.count == 3 && found.error.first == [1, 3] && found.error.value.isNaN)
        #expect(
            "\(found.error)"
                == "the output [3, 3] is not finite, although what came in is: 3 of 9 numbers, the first at [1, 3] is NaN."
        )
        let fine = try context.ones([3, 3])
        let checked = try layer(fine).floats()
        context.checksFinite = false
        #expect(try layer(fine).floats() == checked)
    }

    @Test("What a module computes between its layers, and what came from outside, is told apart")
    func input() throws {
        let context = makeContext()
        context.checksFinite = true
        let root = Root()
        let layer = Divider(between: true, in: context)
        try root.scope.addChild("stage", layer)
        let between = try #require(error { _ = try layer(context.zeros([1, 3])) })
        #expect(between.path == "stage.linear" && between.error.side == "input")
        #expect(between.error.hint.contains("'stage' computed it between its layers"))
        let infinite = try context.full([1, 3], -.infinity)
        let outside = try #require(error { _ = try layer(infinite) })
        #expect(outside.path == "stage" && outside.error.value == -.infinity)
        #expect(outside.error.hint.contains("given from outside"))
    }

    @Test("A parameter that is not finite is named, and views are looked at too")
    func parameter() throws {
        let context = makeContext()
        let linear = Linear(3, 2, in: context)
        let root = Root()
        try root.scope.addChild("linear", linear)
        try linear.weight.assign(
            context.tensor([1, 1, 1, 1, .infinity, 1] as [Float], [2, 3]).array)
        context.checksFinite = true
        let x = try context.ones([3, 4]).transpose(0, 1)
        let found = try #require(error { _ = try linear(x) })
        #expect(
            found.error.hint == "Its parameter 'weight' is not finite itself, from element 5 on.")
        #expect(found.error.count == 4 && found.error.first == [1, 2])
        var values = [Float](repeating: 1, count: 6)
        values[4] = .nan
        let view = try context.tensor(values, [2, 3]).transpose(0, 1)
        let other = Linear(2, 1, in: context)
        try root.scope.addChild("other", other)
        let transposed = try #require(error { _ = try other(view) })
        #expect(transposed.path == "other" && transposed.error.first == [2, 2])
    }

    @Test("Files with NaN are refused with the tensor's name, from wherever they come")
    func weights() throws {
        let folder = try TemporaryFolder()
        let context = makeContext()
        let linear = Linear(3, 2, in: context)
        var state = try linear.stateDict()
        state["bias"] = try context.tensor([0, .nan] as [Float], [2]).array
        let path = folder.file("a.safetensors")
        try SafetensorsFile.write(state, to: path)
        let file = try SafetensorsFile.read(path, backend: context.backend)
        do {
            try linear.load(FiniteWeights(file, label: path))
            Issue.record("NaN was loaded.")
        } catch {
            #expect("\(error)".contains("a.safetensors"))
            #expect("\(error)".contains("'bias'") && "\(error)".contains("element 2"))
        }
    }
}
