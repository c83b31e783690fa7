import HireArray
import HireReference
import HireTestSupport
import Testing

@testable import HireCPU

/// The fused joint bilateral stage against the reference back-end's plain loops, and its promises on bits and memory.
@Suite struct BilateralStageKernelTests {
    struct Case: Sendable {
        let batch, guidance, key, height, width, radius: Int
        var scaled = false
        var taps: Int { (2 * radius + 1) * (2 * radius + 1) }
    }

    static let cases = [
        Case(batch: 2, guidance: 12, key: 32, height: 21, width: 50, radius: 3),
        Case(batch: 1, guidance: 5, key: 7, height: 103, width: 9, radius: 3, scaled: true),
        Case(batch: 2, guidance: 3, key: 8, height: 70, width: 17, radius: 1, scaled: true),
        Case(batch: 3, guidance: 1, key: 3, height: 4, width: 67, radius: 2),
        Case(batch: 2, guidance: 4, key: 5, height: 3, width: 1, radius: 0, scaled: true),
        Case(batch: 1, guidance: 2, key: 4, height: 6, width: 5, radius: 4),
    ]

    /// Guidance, arrays, settings and the gradient of the result on one back-end.
    private struct Work {
        let guidance, slope: NDArray
        let arrays: BilateralStageArrays
        let kernel: BilateralStageKernel

        init(_ item: Case, on backend: any Backend, samples: Range<Int>? = nil) throws {
            let (key, taps, inputs) = (item.key, item.taps, item.guidance)
            let rows = samples ?? 0..<item.batch
            func make(_ shape: Shape, _ seed: Int, _ range: ClosedRange<Double> = -1...1) throws
                -> NDArray
            {
                try backend.random(shape, seed: seed, in: range)
            }
            func part(_ shape: Shape, _ seed: Int, _ range: ClosedRange<Double> = -1...1) throws
                -> NDArray
            {
                let step = shape[1...].reduce(1, *)
                let all = values(item.batch * step, seed: seed, in: range)
                return try backend.array(
                    Array(all[rows.lowerBound * step..<rows.upperBound * step]),
                    [rows.count] + shape[1...], as: .float32)
            }
            guidance = try part([item.batch, inputs, item.height, item.width], 1)
            slope = try part([item.batch, taps, item.height, item.width], 2)
            arrays = BilateralStageArrays(
                projection: .init(
                    firstWeight: try make([key, inputs], 3), firstBias: try make([key], 4),
                    secondWeight: try make([key, key], 5, -0.4...0.4),
                    secondBias: try make([key], 6)),
                fixup: .init(
                    firstWeight: try make([taps, taps + inputs], 7, -0.5...0.5),
                    firstBias: try make([taps], 8),
                    secondWeight: try make([taps, taps], 9, -0.3...0.3),
                    secondBias: try make([taps], 10)),
                temperature: try backend.array([0.7], [], as: .float32),
                spatial: try make([taps], 11, 0.1...1))
            kernel = BilateralStageKernel(
                radius: item.radius, correction: 0.1,
                projectionScales: item.scaled ? try part([item.batch, key], 12, 0...2) : nil,
                fixupScales: item.scaled ? try part([item.batch, taps], 13, 0...2) : nil)
        }

        /// The result, the guidance's gradient and those of all arrays.
        func results(on backend: any Backend, skippingGuidance: Bool = false) throws -> [NDArray] {
            let out = try backend.filled(slope.shape) {
                backend.bilateralStage(guidance, arrays, kernel, into: $0)
            }
            let input = try backend.filled(guidance.shape) { _ in }
            let all = try arrays.all.map { try backend.filled($0.shape) { _ in } }
            let gradients = BilateralStageArrays(
                projection: .init(
                    firstWeight: all[0], firstBias: all[1], secondWeight: all[2],
                    secondBias: all[3]),
                fixup: .init(
                    firstWeight: all[4], firstBias: all[5], secondWeight: all[6],
                    secondBias: all[7]),
                temperature: all[8], spatial: all[9])
            backend.bilateralStageGradient(
                guidance, arrays, kernel, slope, into: skippingGuidance ? nil : input,
                arrayGradients: gradients)
            return [out] + (skippingGuidance ? [] : [input]) + all
        }
    }

    private static let names = [
        "kernel", "guidance", "projection 0", "bias", "projection 3", "bias", "fixup 0", "bias",
        "fixup 3", "bias", "temperature", "spatial",
    ]

    @Test(arguments: cases, [false, true])
    func agreesWithTheReference(_ item: Case, _ narrow: Bool) throws {
        let (reference, fast) = (
            ReferenceBackend(), CPUBackend(threads: 2, usesNarrowRows: narrow)
        )
        let expected = try Work(item, on: reference).results(on: reference)
        let found = try Work(item, on: fast).results(on: fast)
        for (name, (a, b)) in zip(Self.names, zip(found, expected)) {
            // A window of one pixel has gradients that are exactly zero, hence the least scale.
            let scale = try b.doubles().reduce(0.1) { max($0, abs($1)) }
            try expectClose(a, b, absolute: 2e-5 * scale, name)
        }
    }

    @Test func theBitsDependOnNeitherThreadsNorBatch() throws {
        let item = Self.cases[0]
        let (one, two) = (CPUBackend(threads: 1), CPUBackend(threads: 2))
        let first = try Work(item, on: one).results(on: one)
        let second = try Work(item, on: two).results(on: two)
        for (name, (a, b)) in zip(Self.names, zip(first, second)) {
            #expect(try a.floats() == b.floats(), "\(name)")
        }
        let alone = try Work(item, on: two, samples: 1..<2).results(on: two)
        for place in 0..<2 {
            let whole = try second[place].floats()
            #expect(try alone[place].floats() == Array(whole[(whole.count / 2)...]))
        }
        let without = try Work(item, on: two).results(on: two, skippingGuidance: true)
        for (a, b) in zip(without.dropFirst(), second.dropFirst(2)) {
            #expect(try a.floats() == b.floats())
        }
    }

    /// Both passes hold a few rows per thread beside what they return; the maps between would be over 20 times that.
    @Test func holdsRowsAndNotMaps() throws {
        let item = Case(batch: 1, guidance: 12, key: 32, height: 256, width: 256, radius: 3)
        let backend = CPUBackend(threads: 2)
        let work = try Work(item, on: backend)
        let before = backend.ledger.resetPeak()
        let results = try work.results(on: backend)
        let returned = results.reduce(0) { $0 + $1.count * 4 }
        let held = backend.ledger.peakBytes - before - returned
        let map = item.taps * item.height * item.width * 4
        #expect(held < map / 2, "\(held) bytes beside the results; a map has \(map)")
        #expect(held > 0)
    }

    /// A pixel that is not a number spoils the windows it lies in and no others.
    @Test func notANumberStaysInItsWindows() throws {
        let item = Case(batch: 1, guidance: 2, key: 4, height: 12, width: 40, radius: 1)
        let backend = CPUBackend(threads: 1)
        let work = try Work(item, on: backend)
        let place = 5 * item.width + 20
        work.guidance.pointer(as: Float.self)[place] = .nan
        let out = try backend.filled(work.slope.shape) {
            backend.bilateralStage(work.guidance, work.arrays, work.kernel, into: $0)
        }
        let found = try out.floats()
        for pixel in 0..<item.height * item.width {
            let (y, x) = (pixel / item.width, pixel % item.width)
            let near = abs(y - 5) <= 1 && abs(x - 20) <= 1
            #expect(found[pixel].isNaN == near, "row \(y), column \(x)")
        }
    }
}

extension NDArray {
    fileprivate func floats() throws -> [Float] { try doubles().map { Float($0) } }
}
