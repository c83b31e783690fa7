import HireArray
import HireTensor

extension LinearUpsampler {
    /// No operator, unless a type says otherwise: parts are then cut out of the whole map.
    public func pushedOperator(_ input: EnricherInput) throws -> PushedOperator? { nil }

    /// A part of the map before pooling: [N, channels, rows, columns].
    ///
    /// Channels are selected, and features projected, before they are upsampled: J(I) (P E) = P (J(I) E). With an
    /// operator, memory is that of the part; channels and regions equal the whole map's bit for bit, projections to
    /// rounding.
    ///
    /// - Throws: `ArrayError` for channels and regions that the map does not have.
    public func highResolution(
        _ input: EnricherInput, _ part: HighResolutionPart
    ) throws -> Tensor {
        guard let pushed = try pushedOperator(input) else {
            let whole = try part.selected(highResolution(input).map())
            let grid = SIMD2(whole.shape[2], whole.shape[3])
            let region = part.region ?? MapRegion(whole: grid)
            guard region.fits(grid) else { throw PushedOperator.outside(region, grid) }
            return try part.finished(whole.cropped(to: region))
        }
        return try part.finished(pushed(part.selected(input.base.map()), region: part.region))
    }
}

extension HighResolutionPart {
    /// The features that are upsampled for this part: [N, k, h, w].
    public func selected(_ map: Tensor) throws -> Tensor {
        var map = map
        if let channels {
            if let stranger = channels.first(where: { !(0..<map.shape[1]).contains($0) }) {
                throw ArrayError.argument(
                    operation: "high resolution", name: "channels",
                    expected: "channels from 1 to \(map.shape[1])", got: "\(stranger + 1)")
            }
            map = try map.indexSelect(
                dim: 1, map.context.tensor(channels.map { Int32($0) }, [channels.count]))
        }
        return try projection?.turned(map) ?? map
    }

    /// What becomes of them after upsampling.
    public func finished(_ map: Tensor) throws -> Tensor { try projection?.centred(map) ?? map }
}
