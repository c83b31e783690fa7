import HireArray
import HireNN
import HireTensor

extension Pipeline {
    /// What becomes of a projector's first layer when another enricher makes more channels.
    public enum ProjectorColumns: String, Sendable, CaseIterable {
        /// The whole layer is initialised anew, exactly as in a pipeline made afresh.
        case fresh
        /// Columns for the channels of E(i) are kept and the others are zero, so that the answers are at first those
        /// of the encoder's features alone.
        case zero
    }

    /// Puts another enricher in.
    ///
    /// Encoder, language model and tokenizer stay as they are. Weights are taken over wherever name and shape agree; the
    /// rest (the new enricher, and the projector's first layer if its width changes) is initialised from the context's
    /// seed. Where the pipeline's parameters are frozen, the new ones are too.
    ///
    /// - Parameter columns: what becomes of the projector's first layer.
    /// - Returns: the names of parameters that were initialised anew.
    /// - Throws: `PluginError` for a choice that does not fit, having changed nothing.
    @discardableResult
    public func setEnricher(
        _ choice: PluginChoice, catalog: PluginCatalog, columns: ProjectorColumns = .fresh
    ) throws -> [String] {
        let host = try Self.host(
            for: choice, behind: encoder, requestedPreprocessing, catalog, in: context)
        let fresh = try catalog.makeEnricher(choice, for: host.shape)
        let wired = try catalog.makeProjector(
            recipe.projector, inputChannels: fresh.outputChannels,
            outputSize: languageModel.hiddenSize, in: context)
        let weights = projector.parameters()
        let isFrozen = !weights.isEmpty && weights.allSatisfy { $0.parameter.isFrozen }
        let isTraining = scope.isTraining
        let old = (enricher: enricher, projector: projector)
        try scope.replaceChild("enricher", with: fresh)
        try scope.replaceChild("projector", with: wired)
        (enricher, projector) = (fresh, wired)
        recipe.enricher = choice
        recipe.preprocessing = host.preprocessing
        var initialised: [String] = []
        for (before, after, name) in [
            (old.enricher as any Module, fresh as any Module, "enricher"),
            (old.projector, wired, "projector"),
        ] {
            try after.initialize(from: context.random)
            let state = try before.stateDict()
            var kept = StateDict()
            for (path, array) in try after.stateDict() {
                guard let known = state[path], known.shape == array.shape || columns == .zero else {
                    initialised.append("\(name).\(path)")
                    continue
                }
                if known.shape != array.shape { initialised.append("\(name).\(path)") }
                kept[path] = try widened(known, to: array.shape)
            }
            _ = try after.load(kept, strict: false)
            for (_, parameter) in after.parameters() { parameter.isFrozen = isFrozen }
        }
        train(isTraining)
        return initialised
    }

    /// A first layer's weight [out, in] with zeros for the inputs that it did not have.
    private func widened(_ weight: NDArray, to shape: Shape) throws -> NDArray {
        if weight.shape == shape { return weight }
        guard shape.count == 2, weight.rank == 2, weight.shape[0] == shape[0],
            weight.shape[1] < shape[1]
        else {
            throw ArrayError.shape(
                operation: "keep the projector's columns", expected: "fewer inputs than \(shape)",
                got: "\(weight.shape)")
        }
        let result = try context.backend.allocate(shape, weight.dtype)
        context.backend.fill(result, 0)
        context.backend.copy(
            weight, into: result.sliced(axis: 1, start: 0, length: weight.shape[1]))
        return result
    }
}
