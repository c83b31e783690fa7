import HireArray
import HireNN
import HireTensor
import HireVLM

/// Keeps what rules say of a pipeline's points, sample by sample, each the first time it is reached.
public final class CaptureCollector {
    /// One point of one sample.
    public struct Captured {
        /// What was kept.
        public var form: CaptureForm
        /// The stored arrays, in the order of the form's outputs.
        public var arrays: [NDArray]

        /// A point from its parts.
        public init(form: CaptureForm, arrays: [NDArray]) {
            self.form = form
            self.arrays = arrays
        }
    }

    /// The chosen points in the order of the model, each with what is kept of it.
    public let chosen: [(name: String, options: CaptureOptions)]
    /// What the present sample has shown, in the order in which it was reached.
    public private(set) var captured: [Captured] = []
    /// Finite numbers that a narrower dtype could not hold, by point, since the first sample.
    public private(set) var overflows: [(name: String, count: Int)] = []
    /// The point behind which the present pass was ended, if it was.
    public private(set) var stoppedAfter: String?
    /// Fitted bases by point; others are fitted to what is at hand.
    public var bases: [String: PrincipalComponents] = [:]
    /// Is given every tensor that is captured, with its form, in place of keeping it.
    var instead: ((CaptureForm, Tensor) throws -> Void)?

    private let pipeline: Pipeline
    private let rules: CaptureRules
    private var handle: CaptureHandle?
    private var waiting: Set<String> = []
    private var geometry: SequenceGeometry?
    private var stops = false

    /// Ends a pass that has shown everything.
    private struct Stop: Error, CustomStringConvertible {
        var description: String { "Everything that was asked for has been captured." }
    }

    /// A collector of a pipeline; it watches only while `pass` runs.
    ///
    /// - Throws: `CaptureError` with the nearest names for a pattern that matches nothing; `GlobError`.
    public init(_ rules: CaptureRules, of pipeline: Pipeline) throws {
        self.rules = rules
        self.pipeline = pipeline
        chosen = rules.isEmpty ? [] : try rules.choose(among: pipeline.capturePoints())
    }

    /// Whether the language model has to run for what was chosen.
    public var needsLanguageModel: Bool {
        chosen.contains { $0.name.hasPrefix("language_model.") }
    }

    /// The points that a sample shows.
    public func wanted(sample index: Int) -> [String] {
        chosen.filter { index % $0.options.every == 0 }.map(\.name)
    }

    /// Runs the work of one sample and keeps what passes.
    ///
    /// - Parameters:
    ///   - index: the sample's place in the recording.
    ///   - stops: ends the work as soon as nothing that is wanted can come any more.
    ///   - reachable: the points that can be reached, where that is known.
    /// - Throws: what the body throws; the pipeline's state and observers are as they were before.
    public func pass(
        sample index: Int = 0, geometry: SequenceGeometry?, stops: Bool = false,
        reachable: Set<String>? = nil, _ body: () throws -> Void
    ) throws {
        let names = wanted(sample: index)
        captured = []
        stoppedAfter = nil
        self.geometry = geometry
        self.stops = stops
        waiting = Set(names)
        let expected = reachable.map { waiting.intersection($0) } ?? waiting
        if names.isEmpty { return try body() }
        var open = expected
        let options = Dictionary(uniqueKeysWithValues: chosen.map { ($0.name, $0.options) })
        let watched = Set(names)
        handle = try pipeline.capture(rules.patterns, where: { watched.contains($0) }) {
            [unowned self] name, tensor in
            guard waiting.remove(name) != nil else { return }
            try keep(name, options[name] ?? CaptureOptions(), tensor)
            open.remove(name)
            if self.stops, open.isEmpty {
                stoppedAfter = name
                throw Stop()
            }
        }
        defer {
            handle?.cancel()
            handle = nil
        }
        do {
            try body()
            stoppedAfter = nil
        } catch {
            // A script in between may have put the stop into words of its own.
            if stoppedAfter == nil { throw error }
        }
    }

    /// Points that the last pass did not reach though they were wanted.
    public var unreached: [String] { chosen.map(\.name).filter(waiting.contains) }

    private func keep(_ name: String, _ options: CaptureOptions, _ tensor: Tensor) throws {
        var form = try CaptureForm(
            name, options, shape: tensor.shape, dtype: tensor.dtype, geometry: geometry)
        if let basis = bases[name] { form.basis = basis }
        if let instead { return try instead(form, tensor) }
        let (arrays, count) = try form.values(of: tensor)
        captured.append(Captured(form: form, arrays: arrays))
        if count == 0 { return }
        if let place = overflows.firstIndex(where: { $0.name == name }) {
            overflows[place].count += count
        } else {
            overflows.append((name, count))
        }
    }

    /// One line per point that lost numbers to a narrower dtype.
    public var overflowNotes: [String] {
        overflows.map { name, count in
            "\(name): \(grouped(count)) numbers are beyond 65,504 and became infinite as f16; bf16 or f32 holds them."
        }
    }
}
