import HireTensor

/// What the stages before an enricher fix: an enricher builds itself for this host.
public struct HostShape {
    /// Channels of E(i).
    public let channels: Int
    /// Rows and columns of E(i).
    public let grid: SIMD2<Int>
    /// Side of the encoder's input, in pixels.
    public let lowResolution: Int
    /// Side of the high view, in pixels.
    public let highResolution: Int
    /// Where parameters are made.
    public let context: Context

    /// A host's shape.
    public init(
        channels: Int, grid: SIMD2<Int>, lowResolution: Int, highResolution: Int, context: Context
    ) {
        self.channels = channels
        self.grid = grid
        self.lowResolution = lowResolution
        self.highResolution = highResolution
        self.context = context
    }
}
