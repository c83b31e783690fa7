import Foundation
import HireArray
import HireNN
import HireTensor
import HireVLM

/// Measures every enricher of a catalogue on the host of ViT-L/14 at 336 pixels: seconds, memory, cost, and where the
/// time goes.
///
/// The encoder's features are drawn, and an enricher that looks again is shown drawn features too (a copy's cost); the rows
/// `encoder` and `encoder+ID` measure the real encoder, with drawn weights.
struct EnricherBenchmark {
    let catalog: PluginCatalog
    /// Where everything is computed.
    let context: Context
    /// Side of the high view.
    let resolution: Int
    /// Channels of E(i).
    let width: Int
    /// Seconds of measuring per figure.
    let seconds: Double

    static let encoder = "encoder"
    private static let grid = SIMD2(24, 24)
    private static let low = 336

    /// The names that may be asked for.
    var names: [String] {
        let ids = catalog.list(.enricher).map(\.manifest.id)
        return [Self.encoder] + ids + ids.map { "\(Self.encoder)+\($0)" }
    }

    /// Measures; `report` gets each row as it is ready.
    ///
    /// - Parameters:
    ///   - chosen: names out of `names`; everything if empty.
    ///   - skip: gets an id and why its enricher cannot be made for this host, unless it was asked for by name.
    func run(
        _ chosen: [String], report: (EnricherMeasurement) -> Void,
        skip: (_ id: String, _ reason: String) -> Void
    ) throws {
        let wanted = { (name: String) in chosen.isEmpty || chosen.contains(name) }
        if wanted(Self.encoder) { report(try encoderAlone()) }
        var looking: [String] = []
        for entry in catalog.list(.enricher) {
            let id = entry.manifest.id
            let again = wanted("\(Self.encoder)+\(id)")
            guard wanted(id) || again else { continue }
            let rows: [EnricherMeasurement]
            do {
                rows = try enricher(id)
            } catch let error as PluginError where chosen.isEmpty {
                skip(id, "\(error)")
                continue
            }
            if wanted(id) { rows.forEach(report) }
            if again, chosen.contains("\(Self.encoder)+\(id)") || (rows[0].looks ?? 0) > 0 {
                looking.append(id)
            }
        }
        if !looking.isEmpty { try encoder(with: looking, report: report) }
    }

    // MARK: Enrichers

    /// The enricher's row and one for each of its parts.
    private func enricher(_ id: String) throws -> [EnricherMeasurement] {
        let host = HostShape(
            channels: width, grid: Self.grid, lowResolution: Self.low, highResolution: resolution,
            context: context)
        let enricher = try catalog.makeEnricher(PluginChoice(id), for: host)
        try enricher.initialize(from: context.random)
        let base = try features()
        var looks = 0
        let drawn = try base.tokens()
        let input = EnricherInput(base: base, image: try pictures()) { pictures in
            let count = pictures.shape[0]
            looks += count
            let copies = try Tensor.concat(Array(repeating: drawn, count: count), dim: 0)
            return try FeatureMap(tokens: copies, grid: Self.grid)
        }
        enricher.train(false)
        let counter = ModuleTimer()
        let forward = try measure(profile: counter) {
            _ = try context.withoutGradients { try enricher(input).tokens() }
        }
        looks /= forward.runs
        var row = EnricherMeasurement(
            name: id, forward: forward.seconds, forwardPeak: forward.peak,
            parameters: enricher.parameterCount,
            multiplyAdds: counter.multiplyAdds / forward.profiled,
            channels: enricher.outputChannels,
            tokens: enricher.outputTokens, looks: looks)
        let trainer = ModuleTimer()
        if enricher.parameterCount > 0 {
            enricher.train(true)
            let training = try measure(profile: trainer) {
                let tokens = try enricher(input).tokens()
                try tokens.backward(tokens.detached())
                enricher.zeroGradients()
            }
            row.training = training.seconds
            row.trainingPeak = training.peak
        }
        return [row] + parts(id, counter, trainer)
    }

    /// Parts that take at least a hundredth of the forward pass.
    private func parts(
        _ id: String, _ evaluation: ModuleTimer, _ training: ModuleTimer
    ) -> [EnricherMeasurement] {
        let total = evaluation.parts.map(\.part.seconds).reduce(0, +)
        let runs = Double(Self.profiledRuns)
        return evaluation.parts.filter { $0.part.seconds > total / 100 && $0.part.multiplyAdds > 0 }
            .map { name, part in
                let trained = training.parts.first { $0.name == name }?.part
                return EnricherMeasurement(
                    name: "\(id): \(name)", forward: part.seconds / runs,
                    training: trained.map { ($0.seconds + $0.backwardSeconds) / runs },
                    multiplyAdds: part.multiplyAdds / Self.profiledRuns)
            }
    }

    // MARK: The encoder

    private func madeEncoder() throws -> any VisionEncoder {
        let encoder = try catalog.makeEncoder(PluginChoice("clip"), in: context)
        try encoder.initialize(from: context.random)
        encoder.train(false)
        return encoder
    }

    /// `encoder`: the low view.
    private func encoderAlone() throws -> EnricherMeasurement {
        let encoder = try madeEncoder()
        let views = try pictures()
        let counter = ModuleTimer()
        let forward = try measure(profile: counter) {
            _ = try context.withoutGradients { try encoder(views.low).tokens() }
        }
        return EnricherMeasurement(
            name: Self.encoder, forward: forward.seconds, forwardPeak: forward.peak,
            parameters: encoder.parameterCount,
            multiplyAdds: counter.multiplyAdds / forward.profiled,
            channels: encoder.channels, tokens: encoder.grid.x * encoder.grid.y)
    }

    /// `encoder+ID` for each enricher named: the low view, and all that the enricher looks at.
    private func encoder(
        with ids: [String], report: (EnricherMeasurement) -> Void
    ) throws {
        let encoder = try madeEncoder()
        let views = try pictures()
        for id in ids {
            let host = HostShape(
                channels: encoder.channels, grid: encoder.grid, lowResolution: encoder.resolution,
                highResolution: resolution, context: context)
            let enricher = try catalog.makeEnricher(PluginChoice(id), for: host)
            try enricher.initialize(from: context.random)
            enricher.train(false)
            var looks = 0
            let counter = ModuleTimer()
            let forward = try measure(profile: counter) {
                _ = try context.withoutGradients {
                    let input = EnricherInput(base: try encoder(views.low), image: views) {
                        looks += $0.shape[0]
                        return try encoder($0)
                    }
                    return try enricher(input).tokens()
                }
            }
            report(
                EnricherMeasurement(
                    name: "\(Self.encoder)+\(id)", forward: forward.seconds,
                    forwardPeak: forward.peak,
                    parameters: encoder.parameterCount + enricher.parameterCount,
                    multiplyAdds: counter.multiplyAdds / forward.profiled,
                    channels: enricher.outputChannels,
                    tokens: enricher.outputTokens,
                    looks: looks / forward.runs))
        }
    }

    // MARK: Measuring

    /// Runs that are profiled.
    private static let profiledRuns = 2

    private struct Figures {
        let seconds: Double
        let peak: Int
        let runs: Int
        let profiled: Int
    }

    /// Warms up once, measures memory once, profiles, and times at least three runs (one if a run takes over four
    /// seconds); the time is the middle one.
    private func measure(
        profile: ModuleTimer, _ work: () throws -> Void
    ) throws -> Figures {
        var times: [Double] = []
        func timed() throws -> Double {
            let begin = DispatchTime.now().uptimeNanoseconds
            try work()
            return Double(DispatchTime.now().uptimeNanoseconds - begin) / 1e9
        }
        let ledger = context.backend.ledger
        let before = ledger.resetPeak()
        let first = try timed()
        let peak = ledger.peakBytes - before
        let profiled = Self.profiledRuns
        context.observer = profile
        for _ in 0..<profiled {
            profile.start()
            try work()
        }
        context.observer = nil
        let start = DispatchTime.now().uptimeNanoseconds
        let minimum = first > 4 ? 1 : 3
        while times.count < minimum
            || Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9 < seconds
        {
            times.append(try timed())
        }
        times.sort()
        return Figures(
            seconds: times[times.count / 2], peak: peak, runs: times.count + 1 + profiled,
            profiled: profiled)
    }

    private func pictures() throws -> ImageViews {
        let high = try context.normal(
            [1, 3, resolution, resolution], mean: 0, deviation: 1,
            from: context.random.named("high"))
        return ImageViews(
            high: high, low: try high.interpolate(to: [Self.low, Self.low], mode: .bicubic))
    }

    /// Drawn features in the encoder's place.
    private func features() throws -> FeatureMap {
        let tokens = try context.normal(
            [1, Self.grid.x * Self.grid.y, width], mean: 0, deviation: 1,
            from: context.random.named("base"))
        return try FeatureMap(tokens: tokens, grid: Self.grid)
    }
}
