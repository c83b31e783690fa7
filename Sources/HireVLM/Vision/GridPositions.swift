import HireArray
import HireNN
import HireTensor

/// Learned positions of a square grid that are read at another grid by bicubic interpolation.
///
/// The parameter keeps its native size, so a checkpoint loads at any resolution. The interpolated table is kept while
/// the parameter is frozen and its numbers are the same array.
public final class GridPositions {
    /// Which source position belongs to a position of the target grid.
    public enum Interpolation: String, Sendable, CaseIterable {
        /// From the two sizes: `F.interpolate(size=)`, as CLIP, SigLIP and DINOv2 in transformers 5.
        case size
        /// `F.interpolate(scale_factor=(target + 0.1) / native)`: the original DINOv2, and transformers up to 4.4x.
        case scale
        /// `size` with the antialiased filter (a = -0.5): DINOv2 with registers.
        case sizeAntialias = "size_antialias"
        /// `scale` with the antialiased filter.
        case scaleAntialias = "scale_antialias"
    }

    private let parameter: Parameter
    private let prefix: Int
    private let native: Int
    private let target: Int
    private let interpolation: Interpolation
    private var cached: (source: NDArray, table: Tensor)?

    /// Positions in a parameter of shape [prefix + native * native, width], or the same with a leading 1.
    ///
    /// - Parameters:
    ///   - prefix: rows in front that stand for no place, such as the class token's.
    ///   - native: side of the grid that the parameter is for.
    ///   - target: side of the grid to read.
    public init(
        _ parameter: Parameter, prefix: Int, native: Int, target: Int,
        interpolation: Interpolation = .size
    ) {
        self.parameter = parameter
        self.prefix = prefix
        self.native = native
        self.target = target
        self.interpolation = interpolation
    }

    /// The positions of the target grid, [prefix + target * target, width].
    ///
    /// - Throws: `ArrayError.memory`.
    public func table() throws -> Tensor {
        let stored = try parameter.tensor
        let width = parameter.shape[parameter.shape.count - 1]
        let rows = try stored.reshape([prefix + native * native, width])
        if target == native { return rows }
        if let cached, parameter.isFrozen, cached.source.storage === stored.array.storage {
            return cached.table
        }
        let table = try interpolated(rows, width)
        cached = parameter.isFrozen ? (stored.array, table) : nil
        return table
    }

    /// [prefix + native * native, width] at the target grid; the prefix stays as it is.
    private func interpolated(_ rows: Tensor, _ width: Int) throws -> Tensor {
        let isScaled = interpolation == .scale || interpolation == .scaleAntialias
        let isAntialiased =
            interpolation == .sizeAntialias || interpolation == .scaleAntialias
        let planes = try rows.slice(0, prefix).transpose(0, 1).reshape([width, native, native])
        let resized = try planes.interpolate(
            to: SIMD2(target, target), mode: .bicubic, antialias: isAntialiased,
            step: isScaled ? Double(native) / (Double(target) + 0.1) : nil)
        let grid = try resized.reshape([width, target * target]).transpose(0, 1)
        return try Tensor.concat([rows.slice(0, 0, prefix), grid], dim: 0)
    }
}
