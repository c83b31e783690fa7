import HireTensor

/// A way of counting multiply-adds; whatever prints a count names its convention.
public enum CostConvention: String, Sendable, Codable, CaseIterable {
    /// What the paper's tables hold: the rules of fvcore 0.1.5 over PyTorch 2.1, with all their gaps.
    ///
    /// Attention of language models and per-pixel kernels are not counted, norms and some resizes are, and upsamplers that
    /// are linear in the features are counted in their pushed form.
    case fvcore
    /// Every multiply-add that happens, in the form that runs.
    case full

    /// One sentence for the reader of a table.
    public var summary: String {
        switch self {
        case .fvcore: "counted as fvcore does, which misses attention of language models"
        case .full: "every multiply-add of the form that runs"
        }
    }

    /// Whether linear upsamplers run pushed (the whole high-resolution map, then pooling) to be counted.
    var countsPushedForm: Bool { self == .fvcore }

    /// What one call counts.
    ///
    /// - Throws: `CostError.noRule` for an op that the convention knows nothing of.
    public func multiplyAdds(of call: OpCall) throws -> Int {
        switch self {
        case .full: call.multiplyAdds
        case .fvcore: try FvcoreRule.named(call.name, in: call.modulePath).count(call)
        }
    }
}
