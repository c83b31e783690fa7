import HireArray
import HireTestSupport
import Testing

/// One computation that every back-end must agree on: run on each with the same seeds, compared element by element.
struct AgreementCase: Sendable, CustomTestStringConvertible {
    /// What is computed, on which shapes and layouts.
    let name: String
    /// Tolerance: |a - b| <= absolute + relative * |b|.
    let relative: Double
    let absolute: Double
    /// Makes its inputs on the back-end given and returns everything that was computed.
    let run: @Sendable (any Backend) throws -> [NDArray]

    var testDescription: String { name }

    init(
        _ name: String, relative: Double = 0, absolute: Double = 0,
        run: @escaping @Sendable (any Backend) throws -> [NDArray]
    ) {
        self.name = name
        self.relative = relative
        self.absolute = absolute
        self.run = run
    }

    /// Runs on the oracle and on every other back-end, and compares.
    func check(_ backends: [any Backend], against oracle: any Backend) throws {
        let expected = try run(oracle)
        for (number, backend) in backends.enumerated() {
            let found = try run(backend)
            #expect(found.count == expected.count)
            for (place, (a, b)) in zip(found, expected).enumerated() {
                #expect(a.dtype == b.dtype)
                try expectClose(
                    a, b, relative: relative, absolute: absolute,
                    "\(name), output \(place), \(backend.name) back-end \(number)")
            }
        }
    }
}

/// How an input lies in memory.
enum Layout: String, CaseIterable, Sendable {
    /// Row-major without gaps.
    case contiguous
    /// The last two axes are stored the other way round.
    case transposed
    /// Every second element of the last axis of a larger array, which begins later on the first axis.
    case sliced
    /// The first axis repeats one index (stride 0).
    case expanded
}

extension Backend {
    /// A reproducible array in a layout; the same elements whatever the back-end.
    func input(
        _ shape: Shape, _ seed: Int, in range: ClosedRange<Double> = -1...1,
        _ layout: Layout = .contiguous, _ dtype: DType = .float32
    ) throws -> NDArray {
        var stored = shape
        let last = shape.count - 1
        switch layout {
        case .transposed where shape.count >= 2:
            stored.swapAt(last, last - 1)
            return try random(stored, seed: seed, in: range, dtype).transposed(last, last - 1)
        case .sliced where !shape.isEmpty:
            stored[last] = 2 * shape[last] + 1
            stored[0] += 2
            let whole = try random(stored, seed: seed, in: range, dtype)
            return whole.sliced(axis: last, start: 1, length: shape[last], step: 2)
                .sliced(axis: 0, start: shape.count == 1 ? 0 : 2, length: shape[0])
        case .expanded where !shape.isEmpty:
            stored[0] = 1
            return try random(stored, seed: seed, in: range, dtype).expanded(to: shape)
        default:
            return try random(shape, seed: seed, in: range, dtype)
        }
    }

    /// Reproducible int32 indices in 0..<bound.
    func indices(_ shape: Shape, _ seed: Int, below bound: Int) throws -> NDArray {
        try random(shape, seed: seed, in: 0...Double(bound), .int32)
    }

    /// Arrays to be filled by a kernel with several outputs; NaN before.
    func empty(_ shapes: [Shape]) throws -> [NDArray] {
        try shapes.map { try filled($0) { _ in } }
    }
}
