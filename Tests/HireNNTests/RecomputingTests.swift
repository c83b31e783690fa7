import HireArray
import HireCPU
import HireNN
import HireTensor
import Testing

/// Pieces whose middle is computed again for gradients: the same numbers in less memory.
@Suite struct RecomputingTests {
    /// x + conv(dropout(relu(norm(conv(x))))).
    final class Block: Layer {
        let scope = ModuleScope()
        let first: Conv2d
        let norm: BatchNorm2d
        let dropout: Dropout
        let second: Conv2d
        /// Called by each run.
        var onRun: (Context) throws -> Void = { _ in }

        init(_ channels: Int, in context: Context) {
            first = scope.child(
                "first", Conv2d(channels, channels, kernel: [3, 3], padding: [1, 1], in: context))
            norm = scope.child("norm", BatchNorm2d(channels, in: context))
            dropout = scope.child("dropout", Dropout(0.3))
            second = scope.child(
                "second", Conv2d(channels, channels, kernel: [3, 3], padding: [1, 1], in: context))
        }

        func forward(_ input: Tensor) throws -> Tensor {
            try onRun(input.context)
            return try input + second(dropout(norm(first(input)).relu()))
        }
    }

    /// Blocks after each other, and the input once more: x + blocks(x).
    final class Tower: Layer {
        let scope = ModuleScope()
        let blocks: ModuleList<Block>

        init(_ count: Int, in context: Context) {
            blocks = scope.child(
                "blocks", ModuleList((0..<count).map { _ in Block(4, in: context) }))
        }

        func forward(_ input: Tensor) throws -> Tensor {
            var x = input
            for block in blocks { x = try block(x) }
            return try x + input
        }
    }

    private struct Run: Equatable {
        var values: [Float]
        var gradients: [[Float]]
        var statistics: [[Float]]
        var nextDraw: [Float]
    }

    private func made(
        _ mark: (Tower) -> Void, count: Int = 3
    ) throws -> (Context, Tower, Tensor) {
        let context = Context(backend: CPUBackend(threads: 2), seed: 4)
        let tower = Tower(count, in: context)
        try tower.initialize(from: context.random)
        mark(tower)
        let input = Tensor.variable(
            try context.normal(
                [2, 4, 24, 24], mean: 0, deviation: 1, from: context.random.named("input")
            ).array, in: context)
        return (context, tower, input)
    }

    private func run(_ mark: (Tower) -> Void) throws -> Run {
        let (context, tower, input) = try made(mark)
        var values: [Float] = []
        // Two steps: the second adds to gradients and goes on with statistics and random numbers.
        for _ in 0..<2 {
            let output = try tower(input)
            values += try output.floats()
            try output.square().sum().backward()
        }
        let gradients = try tower.parameters().map { try #require($0.parameter.gradient).floats() }
        let statistics: [[Float]] = try tower.buffers().map { _, buffer in
            let tensor = try buffer.tensor
            return tensor.dtype == .int64
                ? try tensor.array.integers().map { Float($0) } : try tensor.floats()
        }
        let drawn = try context.ones([16]).dropout(
            p: 0.5, from: context.stream("dropout.blocks.0.dropout"))
        return Run(
            values: values, gradients: gradients + [try #require(input.gradient).floats()],
            statistics: statistics, nextDraw: try drawn.floats())
    }

    @Test func everyBitIsTheSame() throws {
        let plain = try run { _ in }
        let perBlock = try run { for block in $0.blocks { block.scope.recomputes = true } }
        #expect(perBlock == plain)
        let whole = try run { $0.scope.recomputes = true }
        #expect(whole == plain)
        let nested = try run {
            $0.scope.recomputes = true
            for block in $0.blocks { block.scope.recomputes = true }
        }
        #expect(nested == plain)
        #expect(plain.statistics.contains { $0 == [2] }, "two batches were counted")
    }

    @Test func lessMemoryIsHeld() throws {
        func peak(_ mark: (Tower) -> Void) throws -> Int {
            let (context, tower, input) = try made(mark, count: 8)
            try tower(input).sum().backward()
            tower.zeroGradients()
            let ledger = context.backend.ledger
            let before = ledger.resetPeak()
            try tower(input).sum().backward()
            return ledger.peakBytes - before
        }
        let plain = try peak { _ in }
        let less = try peak { for block in $0.blocks { block.scope.recomputes = true } }
        #expect(Double(less) < 0.55 * Double(plain), "\(less) of \(plain) bytes")
    }

    @Test func thePieceRunsAgainOnlyForGradients() throws {
        let (context, tower, input) = try made { $0.blocks[1].scope.recomputes = true }
        var runs: [Bool] = []
        tower.blocks[1].onRun = { runs.append($0.isRecomputing) }
        let loss = try tower(input).sum()
        #expect(runs == [false])
        try loss.backward()
        #expect(runs == [false, true])
        _ = try context.withoutGradients { try tower(input) }
        #expect(runs == [false, true, false])
        #expect(throws: GraphError.alreadyReleased) { try loss.backward() }
    }

    @Test func aRetainedGraphServesAgain() throws {
        let (_, tower, input) = try made { $0.scope.recomputes = true }
        let loss = try tower(input).square().sum()
        try loss.backward(retainGraph: true)
        let once = try #require(input.gradient).floats()
        try loss.backward()
        #expect(try #require(input.gradient).floats() == once.map { 2 * $0 })
    }

    @Test func watchedPiecesRunOnceAndCarryGradients() throws {
        let (_, tower, input) = try made { $0.scope.recomputes = true }
        var seen: [Tensor] = []
        let handle = try tower.capture(["blocks.1.first.output"]) { seen.append($1) }
        let output = try tower(input)
        try (output.sum() + #require(seen.first).square().sum()).backward()
        #expect(seen.count == 1)
        let weight = try #require(tower.blocks[1].first.weight.gradient).floats()
        handle.cancel()
        #expect(weight.contains { $0 != 0 })
    }

    @Test func theInsideCarriesNoGradientOut() throws {
        let (context, tower, input) = try made { _ in }
        var inside: Tensor?
        let output = try context.recomputing {
            let x = try tower(input)
            if !context.isRecomputing { inside = try x.square() }
            return x
        }
        let leaked = try #require(inside)
        #expect(leaked.requiresGradient)
        #expect(throws: GraphError.notKept) { try leaked.sum().backward() }
        try output.sum().backward()
        #expect(input.gradient != nil)
    }

    @Test func aPieceMayGiveItsInput() throws {
        let (context, _, input) = try made { _ in }
        let same = try context.recomputing { input }
        try (same.square() + same + input).sum().backward()
        let values = try input.floats()
        let gradient = try #require(input.gradient).floats()
        for (x, g) in zip(values, gradient) { #expect(abs(g - (2 * x + 2)) < 1e-5) }
    }

    @Test func errorsOfTheSecondRunNameTheModule() throws {
        let (_, tower, input) = try made { $0.blocks[2].scope.recomputes = true }
        struct Trouble: Error, CustomStringConvertible {
            var description: String { "trouble" }
        }
        tower.blocks[2].onRun = { if $0.isRecomputing { throw Trouble() } }
        let loss = try tower(input).sum()
        #expect(message { try loss.backward() } == "blocks.2: trouble")
        // The context is itself again.
        tower.blocks[2].onRun = { _ in }
        try tower(input).sum().backward()
        #expect(input.gradient != nil && !input.context.isRecomputing)
    }

    @Test func frozenPiecesRecordNothing() throws {
        let (_, tower, input) = try made { $0.scope.recomputes = true }
        tower.freeze()
        #expect(try !tower(input.detached()).requiresGradient)
        #expect(try tower(input).requiresGradient)
    }
}
