import HireNN
import HireTensor

extension Pipeline {
    /// The same pipeline with another enricher.
    ///
    /// Weights are taken over wherever name and shape agree; the rest (the new enricher, and the projector's first
    /// layer if its width changes) is initialised from the context's seed, exactly as in a pipeline made afresh.
    ///
    /// - Returns: the new pipeline and the names of parameters that were initialised anew.
    public func withEnricher(
        _ choice: PluginChoice, catalog: PluginCatalog, corpus: [String]
    ) throws -> (pipeline: Pipeline, initialised: [String]) {
        var changed = recipe
        changed.enricher = choice
        let fresh = try Pipeline(changed, catalog: catalog, corpus: corpus, in: context)
        try fresh.initialize(from: context.random)
        let old = try stateDict()
        let expected = try fresh.stateDict()
        var kept = StateDict()
        var initialised: [String] = []
        for (name, array) in expected {
            if let before = old[name], before.shape == array.shape {
                kept[name] = before
            } else {
                initialised.append(name)
            }
        }
        _ = try fresh.load(kept, strict: false)
        return (fresh, initialised)
    }
}
