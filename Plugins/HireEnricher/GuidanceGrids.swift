import HireTensor

/// Which grid each bilateral stage works on.
enum GuidanceGrids: String, Codable, Sendable {
    /// The UNet's own scales R/2^k, coarse to fine (42, 84, 168, 336, 672 at R = 672).
    case unet
    /// The features' grid doubled by every stage (48, 96, 192, 384, 768 from 24), as the paper's words have it.
    case doubling

    /// The grids of `stages` stages that each double the one before.
    static func doubled(_ source: SIMD2<Int>, stages: Int) -> [SIMD2<Int>] {
        (1...stages).map { SIMD2(source.x << $0, source.y << $0) }
    }
}

extension Tensor {
    /// A guidance map on another grid.
    ///
    /// Where it shrinks, pixels are averaged: bilinear taps would skip some and alias. Where it grows it is resized
    /// bilinearly: averages over one or two pixels would repeat some pixels and blur others.
    func guidance(on grid: SIMD2<Int>) throws -> Tensor {
        let shrinks = grid.x <= shape[2] && grid.y <= shape[3]
        return try shrinks ? adaptiveAvgPool2d(grid) : interpolate(to: grid, mode: .bilinear)
    }
}
