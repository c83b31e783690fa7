import HireNN
import HireTensor

/// Turns pictures at its own resolution into features on a grid: E(i).
public protocol VisionEncoder: Layer where Input == Tensor, Output == FeatureMap {
    /// Side of the square input, in pixels.
    var resolution: Int { get }
    /// Features per position.
    var channels: Int { get }
    /// Rows and columns that come out for an input of `resolution`.
    var grid: SIMD2<Int> { get }
    /// Tokens in front of the grid's that stand for no place, such as a class token; none unless an encoder says so.
    var prefixTokens: Int { get }
}

extension VisionEncoder {
    /// None.
    public var prefixTokens: Int { 0 }
}
