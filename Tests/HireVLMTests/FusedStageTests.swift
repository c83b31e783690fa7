import HireArray
import HireCPU
import HireNN
import HireReference
import HireTensor
import HireTestSupport
import HireVLM
import Testing

/// A stage computes in one pass, or layer by layer where someone watches; both give the same.
@Suite struct FusedStageTests {
    struct Case: Sendable {
        let guidance, key, radius: Int
        let shape: [Int]
    }

    static let cases = [
        Case(guidance: 3, key: 8, radius: 1, shape: [2, 3, 9, 14]),
        Case(guidance: 5, key: 32, radius: 3, shape: [1, 5, 13, 11]),
        Case(guidance: 4, key: 6, radius: 2, shape: [2, 4, 7, 20]),
        Case(guidance: 2, key: 4, radius: 0, shape: [2, 2, 3, 5]),
    ]

    /// The kernel, and gradients of guidance and of every parameter by path.
    private func run(
        _ item: Case, in context: Context, training: Bool, watching: String?
    ) throws -> (kernel: Tensor, gradients: [(String, Tensor)], seen: Int) {
        context.resetStreams(RandomSource(seed: 4))
        let stage = try JointBilateralStage(
            guidanceChannels: item.guidance, keySize: item.key, radius: item.radius, dropout: 0.5,
            in: context)
        try stage.initialize(from: RandomSource(seed: 7))
        stage.train(training)
        var seen = 0
        let handle = try watching.map { try stage.capture([$0]) { _, _ in seen += 1 } }
        defer { handle?.cancel() }
        let drawn = try context.normal(
            item.shape, mean: 0, deviation: 1, from: RandomSource(seed: 1))
        let guidance = Tensor.variable(drawn.array, in: context)
        let kernel = try stage(guidance)
        let slope = try context.normal(
            kernel.shape, mean: 0, deviation: 1, from: RandomSource(seed: 2))
        try kernel.backward(slope)
        var gradients = [("guidance", try #require(guidance.gradient))]
        for (path, parameter) in stage.parameters() {
            gradients.append((path, try #require(parameter.gradient, "\(path) has no gradient")))
        }
        return (kernel, gradients, seen)
    }

    @Test(arguments: cases, [false, true])
    func bothWaysAgree(_ item: Case, _ training: Bool) throws {
        for watching in ["range_proj.0.output", "fixup_proj", "range_proj.2.output"] {
            let exact = Context(backend: ReferenceBackend(), dtype: .float64)
            let composed = try run(item, in: exact, training: training, watching: watching)
            #expect(composed.seen == 1)
            let fused = try run(item, in: exact, training: training, watching: nil)
            expectAgreement(fused, composed, within: 1e-12)
            let fast = Context(backend: CPUBackend(threads: 2))
            expectAgreement(
                try run(item, in: fast, training: training, watching: nil), composed, within: 5e-5)
        }
    }

    @Test func theKernelItselfIsSeenWithoutLosingThePass() throws {
        let context = Context(backend: CPUBackend(threads: 1))
        final class Names: OpObserver {
            var seen: [String] = []
            func observe(_ call: OpCall) { seen.append(call.name) }
        }
        let names = Names()
        context.observer = names
        let result = try run(Self.cases[0], in: context, training: false, watching: "kernel")
        #expect(result.seen == 1)
        #expect(names.seen.contains("bilateral_stage") && !names.seen.contains("conv2d"))
    }

    /// What the graph keeps between the passes: nothing but the kernel, where composing keeps a map per layer.
    @Test func keepsNoMaps() throws {
        func kept(_ watching: String?) throws -> Int {
            let context = Context(backend: CPUBackend(threads: 2))
            let stage = try JointBilateralStage(guidanceChannels: 12, in: context)
            try stage.initialize(from: RandomSource(seed: 7))
            let handle = try watching.map { try stage.capture([$0]) { _, _ in } }
            defer { handle?.cancel() }
            let drawn = try context.normal(
                [1, 12, 160, 160], mean: 0, deviation: 1, from: RandomSource(seed: 1))
            let guidance = Tensor.variable(drawn.array, in: context)
            let before = context.backend.ledger.resetPeak()
            let kernel = try stage(guidance)
            try kernel.sum().backward()
            return context.backend.ledger.peakBytes - before
        }
        let map = 49 * 160 * 160 * 4
        // Kernel and gradient, the guidance's gradient, and rows.
        let bound = 4 * map
        let fused = try kept(nil)
        let composed = try kept("range_proj.0.output")
        #expect(fused < bound && composed > 2 * bound, "\(fused), \(composed), \(bound)")
    }

    private func expectAgreement(
        _ a: (kernel: Tensor, gradients: [(String, Tensor)], seen: Int),
        _ b: (kernel: Tensor, gradients: [(String, Tensor)], seen: Int), within bound: Double
    ) {
        #expect((try? relativeError(a.kernel, b.kernel)) ?? .infinity < bound)
        #expect(a.gradients.map(\.0) == b.gradients.map(\.0))
        for ((path, x), (_, y)) in zip(a.gradients, b.gradients) {
            let error = (try? relativeError(x, y)) ?? .infinity
            #expect(error < bound, "\(path): \(error)")
        }
    }
}
