import HireArray
import HireTensor

/// J(U(I), ·) of a batch of pictures: the linear map from features to the fine grid, the same for every channel.
///
/// Because it is linear and knows no channels, channels can be selected or projected before it and any region can be
/// asked for: the region's numbers are those of the whole map, bit for bit, and memory is the region's.
public struct PushedOperator {
    /// Rows and columns of the features that go in.
    public let source: SIMD2<Int>
    /// Rows and columns of the fine grid.
    public let grid: SIMD2<Int>
    private let apply: (_ features: Tensor, _ region: MapRegion) throws -> Tensor

    /// An operator.
    ///
    /// - Parameter apply: makes [N, C, rows, columns] of a region from features [N, C, h, w], for any C.
    public init(
        source: SIMD2<Int>, grid: SIMD2<Int>,
        apply: @escaping (_ features: Tensor, _ region: MapRegion) throws -> Tensor
    ) {
        self.source = source
        self.grid = grid
        self.apply = apply
    }

    /// Stages with a kernel per pixel: each resizes onto its grid, reflect-pads and applies its kernel.
    ///
    /// - Parameters:
    ///   - mode: how stages resize.
    ///   - grids: rows and columns of each stage, coarse to fine.
    ///   - radii: reach of each stage's kernel; 0 with no kernel only resizes.
    ///   - kernels: [N, (2r+1)^2, H, W] of each stage, nil where a stage only resizes.
    public init(
        source: SIMD2<Int>, mode: InterpolationMode = .bicubic, grids: [SIMD2<Int>], radii: [Int],
        kernels: [Tensor?]
    ) {
        precondition(
            !grids.isEmpty && grids.count == radii.count && grids.count == kernels.count,
            "Each stage needs a grid, a radius and a kernel.")
        var from = source
        let stages = zip(zip(grids, radii), kernels).map { shape, kernel in
            let (grid, radius) = shape
            let stage = PushedStage(
                from: from, to: grid, mode, radius: radius, kernel: kernel)
            from = grid
            return stage
        }
        self.init(source: source, grid: from) { features, region in
            var wanted = region
            var steps: [PushedStage.Step] = []
            for stage in stages.reversed() {
                let step = stage.step(wanted)
                steps.append(step)
                wanted = step.input
            }
            var map = try features.cropped(to: wanted)
            for step in steps.reversed() { map = try step(map) }
            return map
        }
    }

    /// A region of the fine map, [N, C, rows, columns].
    ///
    /// - Parameters:
    ///   - features: [N, C, h, w].
    ///   - region: nil for the whole map.
    /// - Throws: `ArrayError` for features of another grid and regions outside the fine one.
    public func callAsFunction(_ features: Tensor, region: MapRegion? = nil) throws -> Tensor {
        guard features.rank == 4, features.shape[2] == source.x, features.shape[3] == source.y
        else {
            throw ArrayError.shape(
                operation: "high resolution", expected: "features [N, C, \(source.x), \(source.y)]",
                got: "\(features.shape)")
        }
        let region = region ?? MapRegion(whole: grid)
        guard region.fits(grid) else { throw PushedOperator.outside(region, grid) }
        return try apply(features, region)
    }

    static func outside(_ region: MapRegion, _ grid: SIMD2<Int>) -> ArrayError {
        .argument(
            operation: "high resolution", name: "region",
            expected: "rows and columns inside the fine grid of \(grid.x)x\(grid.y)",
            got: "\(region.rows.count) rows from \(region.rows.lowerBound + 1) and "
                + "\(region.columns.count) columns from \(region.columns.lowerBound + 1)")
    }
}

extension Tensor {
    /// A rectangle of [N, C, H, W].
    func cropped(to region: MapRegion) throws -> Tensor {
        if region == MapRegion(whole: SIMD2(shape[2], shape[3])) { return self }
        return try slice(2, region.rows.lowerBound, region.rows.upperBound)
            .slice(3, region.columns.lowerBound, region.columns.upperBound)
    }
}
