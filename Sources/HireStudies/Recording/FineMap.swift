import HireArray
import HireTensor
import HireVLM

/// The high-resolution map of one picture behind one enricher, made part by part with bounded memory.
///
/// The kernels of the picture are made once and kept; every part then takes its own numbers and about 8 MiB more.
public struct FineMap {
    /// Rows and columns of the part that was asked for.
    public let region: MapRegion
    /// Rows and columns of the whole map.
    public let grid: SIMD2<Int>
    /// Channels after selection and projection.
    public let channels: Int
    private let features: Tensor
    private let part: HighResolutionPart
    private let pushed: PushedOperator?

    private static let slabBytes = 8 << 20

    /// The map of one picture.
    ///
    /// - Throws: `ArrayError` for channels and regions that the map does not have.
    public init(
        _ upsampler: any LinearUpsampler, _ input: EnricherInput, _ part: HighResolutionPart
    ) throws {
        self.part = part
        pushed = try upsampler.pushedOperator(input)
        if let pushed {
            features = try part.selected(input.base.map())
            grid = pushed.grid
        } else {
            features = try part.selected(upsampler.highResolution(input).map())
            grid = SIMD2(features.shape[2], features.shape[3])
        }
        channels = features.shape[1]
        region = part.region ?? MapRegion(whole: grid)
        guard region.fits(grid) else {
            throw ArrayError.argument(
                operation: "high resolution", name: "region",
                expected: "a part of the fine grid of \(grid.x)x\(grid.y)",
                got: "\(region.rows.count) rows from \(region.rows.lowerBound + 1) and "
                    + "\(region.columns.count) columns from \(region.columns.lowerBound + 1)")
        }
    }

    /// Some rows of the region, counted from its first: [1, channels, rows, columns].
    public func rows(_ rows: Range<Int>) throws -> Tensor {
        let first = region.rows.lowerBound
        let wanted = MapRegion(
            rows: first + rows.lowerBound..<first + rows.upperBound, columns: region.columns)
        guard let pushed else {
            return try part.finished(
                features.slice(2, wanted.rows.lowerBound, wanted.rows.upperBound)
                    .slice(3, wanted.columns.lowerBound, wanted.columns.upperBound))
        }
        // Channels do not know of each other, so slabs of them have the same bits as all at once.
        let plane = wanted.grid.x * wanted.grid.y
        let slab = max(4, FineMap.slabBytes / (4 * plane) / 4 * 4)
        if channels <= slab { return try part.finished(pushed(features, region: wanted)) }
        let context = features.context
        let out = try context.backend.allocate(
            [1, channels, wanted.grid.x, wanted.grid.y], features.dtype)
        for start in stride(from: 0, to: channels, by: slab) {
            let end = min(start + slab, channels)
            let made = try pushed(features.slice(1, start, end), region: wanted)
            context.backend.copy(
                made.array, into: out.sliced(axis: 1, start: start, length: end - start))
        }
        return try part.finished(Tensor(out, in: context))
    }

    /// The whole region: [1, channels, rows, columns].
    public func whole() throws -> Tensor { try rows(0..<region.rows.count) }
}
