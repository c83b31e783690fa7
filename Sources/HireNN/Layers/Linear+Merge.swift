import HireArray
import HireTensor

extension Linear {
    /// Whether the adapter's contribution is part of the weight.
    public var isMerged: Bool { unmergedWeight != nil }

    /// Adds the adapter's contribution to the weight, so that it costs nothing at inference.
    ///
    /// The former weight is kept, which makes `unmerge` exact.
    ///
    /// - Throws: `ModuleError` if there is no adapter.
    public func merge() throws {
        guard let adapter else { throw scope.failure("There is no adapter to merge.") }
        if isMerged { return }
        let context = weight.context
        let before = try weight.snapshot()
        let merged = try context.withoutGradients {
            let wide = try Tensor(before, in: context).cast(to: context.dtype)
            return try (wide + adapter.weightAddition()).cast(to: before.dtype)
        }
        unmergedWeight = before
        try weight.assign(merged.array)
    }

    /// Gives the weight back the numbers it had before `merge`.
    public func unmerge() throws {
        guard let before = unmergedWeight else { return }
        unmergedWeight = nil
        try weight.assign(before)
    }
}

extension Linear {
    /// Merges the adapter for good: the former weight is not kept, and the adapter is gone.
    ///
    /// - Throws: `ModuleError` if there is no adapter.
    public func fuseAdapter() throws {
        try merge()
        unmergedWeight = nil
        try detachAdapter()
    }
}
