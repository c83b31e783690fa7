import HireFiles
import HireTensor

extension Module {
    /// Attaches LoRA to the linear layers that globs select, and freezes their own weights.
    ///
    /// - Parameters:
    ///   - patterns: globs over module paths; one that selects other modules too is fine.
    ///   - rank: r.
    ///   - alpha: the scale is alpha / rank.
    ///   - dropout: probability of dropping an input of the adapter while training.
    /// - Returns: the paths of the layers, in the order of the tree.
    /// - Throws: `ModuleError` with the nearest names for a pattern that selects no linear layer, or for a layer that
    ///   has an adapter; `GlobError`.
    @discardableResult
    public func addLoRA(
        _ patterns: [String], rank: Int, alpha: Double, dropout: Double = 0
    ) throws -> [String] {
        guard rank > 0 else { throw scope.failure("LoRA needs a positive rank, got \(rank).") }
        let layers = linearLayers()
        var chosen = Set<Int>()
        for pattern in patterns {
            let glob = try Glob(pattern)
            let matches = layers.indices.filter { glob.matches(layers[$0].path) }
            if matches.isEmpty {
                throw scope.failure(
                    ModuleError.unknown("linear layer", pattern, among: layers.map(\.path)))
            }
            chosen.formUnion(matches)
        }
        let ordered = chosen.sorted().map { layers[$0] }
        for (_, layer) in ordered {
            try layer.attach(
                LoRA(
                    inputs: layer.inputs, outputs: layer.outputs, rank: rank, alpha: alpha,
                    dropout: dropout, in: layer.weight.context))
            layer.weight.isFrozen = true
            layer.bias?.isFrozen = true
        }
        return ordered.map(\.path)
    }

    /// Switches all adapters beneath this module on or off.
    public func setAdapters(enabled: Bool) {
        for (_, layer) in linearLayers() { layer.adapter?.isEnabled = enabled }
    }

    /// Merges all adapters beneath this module into their weights.
    public func mergeAdapters() throws {
        for (_, layer) in linearLayers() where layer.adapter != nil { try layer.merge() }
    }

    /// Gives all weights beneath this module back what they were before merging.
    public func unmergeAdapters() throws {
        for (_, layer) in linearLayers() { try layer.unmerge() }
    }

    private func linearLayers() -> [(path: String, layer: Linear)] {
        modules().compactMap { path, module in (module as? Linear).map { (path, $0) } }
    }
}
