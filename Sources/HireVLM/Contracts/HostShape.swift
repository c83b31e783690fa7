import HireTensor

/// What the stages before an enricher fix: an enricher builds itself for this host.
public struct HostShape {
    /// Channels of E(i).
    public let channels: Int
    /// Rows and columns of E(i).
    public let grid: SIMD2<Int>
    /// Tokens in front of E(i)'s that stand for no place, such as a class token.
    public let prefixTokens: Int
    /// Side of the encoder's input, in pixels.
    public let lowResolution: Int
    /// Side of the high view, in pixels.
    public let highResolution: Int
    /// How pictures become the encoder's input, for methods that cut pieces from the pictures themselves.
    public let preprocessing: ImagePreprocessing
    /// Where parameters are made.
    public let context: Context

    /// A host's shape.
    ///
    /// - Parameter preprocessing: nil for the default at these resolutions.
    public init(
        channels: Int, grid: SIMD2<Int>, prefixTokens: Int = 0, lowResolution: Int,
        highResolution: Int, preprocessing: ImagePreprocessing? = nil, context: Context
    ) {
        self.channels = channels
        self.grid = grid
        self.prefixTokens = prefixTokens
        self.preprocessing =
            preprocessing
            ?? ImagePreprocessing(highResolution: highResolution, lowResolution: lowResolution)
        self.lowResolution = lowResolution
        self.highResolution = highResolution
        self.context = context
    }
}
