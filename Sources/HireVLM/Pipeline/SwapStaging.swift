import HireArray
import HireFiles
import HireNN
import HireTensor

/// A new enricher and projector beside a pipeline, under the paths they will have in it.
///
/// Everything that can fail happens here, so that a swap that fails has changed nothing.
final class SwapStaging: Module {
    let scope = ModuleScope()
    let enricher: any Enricher
    let projector: any Projector
    private let pipeline: Pipeline
    private let choice: PluginChoice
    private let options: SwapOptions
    /// Where E(i) lies among the channels that the projector reads, before and now; nil where it is not among them.
    private let base: (before: Range<Int>?, after: Range<Int>?)
    /// By the name of a projector's parameter, the axis along which it reads channels.
    private var inputAxes: [String: Int] = [:]
    private(set) var report = SwapReport()

    init(
        _ pipeline: Pipeline, _ choice: PluginChoice, for host: HostShape,
        _ options: SwapOptions, _ catalog: PluginCatalog
    ) throws {
        self.pipeline = pipeline
        self.choice = choice
        self.options = options
        let enricher = try catalog.makeEnricher(choice, for: host)
        func makeProjector(_ channels: Int) throws -> any Projector {
            let made = try catalog.makeProjector(
                pipeline.recipe.projector, inputChannels: channels,
                outputSize: pipeline.languageModel.hiddenSize, in: host.context)
            try pipeline.copyAdapters(of: pipeline.projector, "projector", to: made)
            return made
        }
        projector = try makeProjector(enricher.outputChannels)
        self.enricher = enricher
        base = (
            pipeline.enricher.baseChannels(of: pipeline.encoder),
            enricher.baseChannels(of: pipeline.encoder)
        )
        try pipeline.copyAdapters(of: pipeline.enricher, "enricher", to: enricher)
        scope.child("enricher", enricher)
        scope.child("projector", projector)
        // What differs in a projector for one channel more is what reads channels.
        if let wider = try? makeProjector(enricher.outputChannels + 1) {
            for ((name, parameter), (_, other)) in zip(projector.parameters(), wider.parameters()) {
                inputAxes[name] = parameter.shape.indices.first {
                    parameter.shape[$0] != other.shape[$0]
                }
            }
        }
        report.formerEnricher = pipeline.recipe.enricher.id
        report.enricher = choice.id
        report.formerChannels = pipeline.projector.inputChannels
        report.channels = projector.inputChannels
        report.highResolution = host.highResolution
        report.fillsWithZeros = options.columns == .zero
    }

    /// Fills both modules with numbers, hands them over and says where the numbers come from.
    func fill() throws -> SwapReport {
        try checkColumns()
        try initialize(from: options.random ?? pipeline.drawnFrom ?? pipeline.context.random)
        try takeOver(from: pipeline.enricher, into: enricher, "enricher")
        try takeOver(from: pipeline.projector, into: projector, "projector")
        try loadWeights()
        copyFreezing()
        try scope.removeChild("enricher")
        try scope.removeChild("projector")
        return report
    }

    /// Whether the projector finds other channels than before.
    private var changesInput: Bool {
        report.channels != report.formerChannels || base.before != base.after
    }

    private func checkColumns() throws {
        guard changesInput else { return }
        switch options.columns {
        case .fresh: return
        case .refuse:
            throw PluginError.assembly(
                report.channels == report.formerChannels
                    ? "The enricher '\(choice.id)' has E(i) at other channels than '\(report.formerEnricher)', for "
                        + "which the projector was made (columns = \"refuse\")."
                    : "The enricher '\(choice.id)' gives \(report.channels) channels, but the projector was made for "
                        + "the \(report.formerChannels) of '\(report.formerEnricher)' (columns = \"refuse\")."
            )
        case .keep, .zero:
            for (id, range) in [(report.formerEnricher, base.before), (choice.id, base.after)]
            where range == nil {
                throw PluginError.assembly(
                    "The enricher '\(id)' does not have E(i) among its channels, so no column of the projector can be "
                        + "kept for it (columns = \"\(options.columns.rawValue)\"); \"fresh\" does without."
                )
            }
        }
    }

    /// Takes over what agrees in name and shape; a layer in which something does not agree is new as a whole, unless its
    /// columns are kept.
    private func takeOver(from old: any Module, into new: any Module, _ stage: String) throws {
        let known = try old.stateDict()
        var state = StateDict()
        var names = Set<String>()
        for (path, module) in new.modules() {
            let prefix = path.isEmpty ? "" : path + "."
            let own =
                module.scope.ownParameters.map { (prefix + $0.name, $0.parameter.shape) }
                + module.scope.ownBuffers.filter(\.buffer.isPersistent).map {
                    (prefix + $0.name, $0.buffer.shape)
                }
            names.formUnion(own.map(\.0))
            var kept: [(name: String, array: NDArray)] = []
            var resized: [SwapReport.Resized] = []
            for (name, shape) in own {
                guard let array = known[name] else { continue }
                let axis = stage == "projector" && changesInput ? inputAxes[name] : nil
                if axis == nil, array.shape == shape {
                    kept.append((name, array))
                } else if let axis, let part = try columns(of: array, name, axis, in: new) {
                    kept.append((name, part))
                    resized.append(
                        .init(
                            name: "\(stage).\(name)", before: array.shape[axis],
                            after: shape[axis], kept: base.after?.count ?? 0))
                }
            }
            // A bias of the same shape has another range in a layer of another width.
            guard kept.count == own.count else {
                report.initialised += own.map { "\(stage).\($0.0)" }
                continue
            }
            report.resized += resized
            let parts = Set(resized.map(\.name))
            report.kept += own.map { "\(stage).\($0.0)" }.filter { !parts.contains($0) }
            for (name, array) in kept { state[name] = array }
        }
        report.dropped += known.names.filter { !names.contains($0) }.map { "\(stage).\($0)" }
        _ = try new.load(state, strict: false)
    }

    /// A weight whose columns for E(i) are the former ones; nil if they are not to be kept, or cannot be.
    private func columns(
        of former: NDArray, _ name: String, _ axis: Int, in module: any Module
    ) throws -> NDArray? {
        guard options.columns == .keep || options.columns == .zero, let before = base.before,
            let after = base.after,
            let parameter = module.parameters().first(where: { $0.path == name })?.parameter
        else { return nil }
        var expected = parameter.shape
        expected[axis] = report.formerChannels
        guard former.shape == expected else { return nil }
        let backend = pipeline.context.backend
        let result = try backend.allocate(parameter.shape, former.dtype)
        if options.columns == .zero {
            backend.fill(result, 0)
        } else {
            backend.copy(try parameter.tensor.array, into: result)
        }
        backend.copy(
            former.sliced(axis: axis, start: before.lowerBound, length: before.count),
            into: result.sliced(axis: axis, start: after.lowerBound, length: after.count))
        return result
    }

    private func loadWeights() throws {
        guard let weights = options.weights else { return }
        let found = try load(weights, strict: options.isStrict)
        guard !found.loaded.isEmpty else {
            throw FileError.badData(
                weights.label,
                "none of its \(weights.names.count) weights of enricher and projector fits the enricher '\(choice.id)' "
                    + "and its projector",
                got: weights.names.prefix(3).map { "'\($0)'" }.joined(separator: ", "))
        }
        let loaded = Set(found.loaded)
        report.loaded = found.loaded
        report.leftOver = found.unexpected + found.mismatched.map(\.name)
        report.initialised.removeAll(where: loaded.contains)
        report.kept.removeAll(where: loaded.contains)
        report.resized.removeAll { loaded.contains($0.name) }
    }

    /// A parameter is frozen if its namesake was; one that is new, if all of its stage was.
    private func copyFreezing() {
        let frozenProjector = pipeline.projector.isFrozen
        for (old, new) in [
            (pipeline.enricher as any Module, enricher as any Module),
            (pipeline.projector, projector),
        ] {
            let former = Dictionary(
                old.parameters().map { ($0.path, $0.parameter.isFrozen) },
                uniquingKeysWith: { a, _ in a })
            let otherwise = former.isEmpty ? frozenProjector : old.isFrozen
            for (path, parameter) in new.parameters() {
                parameter.isFrozen = former[path] ?? otherwise
            }
        }
    }
}

extension Module {
    /// Whether there are parameters and none is trained.
    fileprivate var isFrozen: Bool {
        let all = parameters()
        return !all.isEmpty && all.allSatisfy { $0.parameter.isFrozen }
    }
}

extension Enricher {
    /// The channels that are E(i); nil if it is not, or not whole, among those that come out.
    func baseChannels(of encoder: any VisionEncoder) -> Range<Int>? {
        guard let start = baseChannel, start >= 0, start + encoder.channels <= outputChannels else {
            return nil
        }
        return start..<(start + encoder.channels)
    }
}

extension Pipeline {
    /// Gives the layers of a new stage adapters like those of the former one.
    ///
    /// - Throws: `ModuleError` for an adapter that is merged.
    func copyAdapters(of old: any Module, _ stage: String, to new: any Module) throws {
        for (path, module) in old.modules() {
            guard let layer = module as? Linear, let adapter = layer.adapter as? LoRA else {
                continue
            }
            guard !layer.isMerged else {
                throw ModuleError(
                    path: "\(stage).\(path)",
                    message:
                        "The adapter is merged into its weight; unmerge it before another enricher comes in."
                )
            }
            guard let target = try? new.module(at: path) as? Linear, target.adapter == nil else {
                continue
            }
            let copy = LoRA(
                inputs: target.inputs, outputs: target.outputs, rank: adapter.rank,
                alpha: adapter.scale * Double(adapter.rank), dropout: adapter.dropoutProbability,
                in: context)
            copy.isEnabled = adapter.isEnabled
            try target.attach(copy)
        }
    }
}
