import HireArray
import HireNN
import HireTensor

extension Pipeline {
    /// Puts another enricher in, completely or not at all.
    ///
    /// Encoder, language model and tokenizer stay as they are. Weights of enricher and projector are taken over wherever
    /// a whole layer agrees in names and shapes; the rest is drawn from the seed, each parameter from the stream of its
    /// path, so that it gets the numbers of a pipeline made afresh. Low-rank adapters, freezing, captures and edits go
    /// along.
    ///
    /// - Returns: where the weights come from.
    /// - Throws: having changed nothing: `PluginError` for a choice or width that does not fit, `LoadError` and
    ///   `FileError` for weights, `ModuleError` for a capture that would match nothing any more or an adapter that is
    ///   merged.
    @discardableResult
    public func setEnricher(
        _ choice: PluginChoice, catalog: PluginCatalog, options: SwapOptions = SwapOptions()
    ) throws -> SwapReport {
        var requested = requestedPreprocessing
        if let side = options.highResolution {
            guard side >= 0 else {
                throw PluginError.configuration(
                    plugin: "preprocessing", key: "high_resolution",
                    problem: "must be at least 0, got \(side)")
            }
            requested.highResolution = side
        }
        let host = try Self.host(for: choice, behind: encoder, requested, catalog, in: context)
        let staging = try SwapStaging(self, choice, for: host.shape, options, catalog)
        try checkFit(of: staging.projector)
        let report = try staging.fill()
        try replaceChildren([
            ("enricher", staging.enricher), ("projector", staging.projector),
        ])
        (enricher, projector) = (staging.enricher, staging.projector)
        requestedPreprocessing = requested
        recipe.enricher = choice
        recipe.preprocessing = host.preprocessing
        return report
    }
}
