import HireArray

/// How another enricher is put into a pipeline.
public struct SwapOptions {
    /// What becomes of the projector's first layer when another number of channels comes in, or when E(i) lies elsewhere
    /// among them.
    public enum Columns: String, Sendable, CaseIterable {
        /// The whole layer is initialised anew, exactly as in a pipeline made afresh.
        case fresh
        /// The columns that read E(i) are kept; the others are those of a fresh layer of the new width.
        case keep
        /// The columns that read E(i) are kept and the others are zero, so that the answers are at first those of the
        /// encoder's features alone.
        case zero
        /// The swap is refused.
        case refuse
    }

    /// What becomes of the projector's first layer.
    public var columns = Columns.fresh
    /// Numbers for the new enricher and the projector, which go before everything else; nil for none.
    public var weights: SwapWeights?
    /// Whether the weights must have every number of enricher and projector and no other.
    public var isStrict = false
    /// Side of the high view from now on, in pixels; 0 for what the enricher wants, nil for what the recipe asked for.
    public var highResolution: Int?
    /// Where fresh numbers come from; nil for the seed that the pipeline was initialised with.
    public var random: RandomSource?

    /// The defaults, or another choice about columns.
    public init(columns: Columns = .fresh) { self.columns = columns }
}
