import HireArray
import HireNN
import HireTensor
import HireVLM

/// [E(i), area(E(tiles of 2x)), ...]: the encoder's features at several scales side by side.
final class S2Enricher: Enricher {
    let scope = ModuleScope()
    let outputChannels: Int
    let outputGrid: SIMD2<Int>
    let outputTokens: Int
    private let scales: [Int]
    private let configuration: S2EnricherConfiguration

    init(_ configuration: S2EnricherConfiguration, _ host: HostShape) throws {
        scales = try configuration.checkedScales(host)
        self.configuration = configuration
        outputChannels = scales.count * host.channels
        let chosen = configuration.resizeOutputTo == 0 ? scales[0] : configuration.resizeOutputTo
        outputGrid = host.grid &* (chosen / scales[0])
        outputTokens = host.prefixTokens + outputGrid.x * outputGrid.y
    }

    func forward(_ input: EnricherInput) throws -> FeatureMap {
        var result: FeatureMap?
        for scale in scales {
            let features =
                try scale == scales[0] ? pooled(input.base) : lookAgain(input, at: scale)
            result = try result?.concatenated(with: features) ?? features
        }
        return result ?? input.base
    }

    /// The picture at a scale, tile by tile, on the grid that comes out.
    private func lookAgain(_ input: EnricherInput, at scale: Int) throws -> FeatureMap {
        let tiles = scale / scales[0]
        let cut = try tiled(resized(input.image.high, to: scale))
        let chunk = configuration.tilesAtOnce == 0 ? cut.count : configuration.tilesAtOnce
        var maps: [Tensor] = []
        var prefixes: [Tensor] = []
        for start in stride(from: 0, to: cut.count, by: chunk) {
            // Tiles are the outer axis of the batch, row by row, and pictures the inner one.
            let part = cut[start..<min(start + chunk, cut.count)]
            let seen = try input.encode(Tensor.concat(Array(part), dim: 0))
            maps.append(try seen.map())
            if let prefix = seen.prefix { prefixes.append(prefix) }
        }
        let batch = input.image.high.shape[0]
        let map = try Tensor.concat(maps, dim: 0)
        var strips: [Tensor] = []
        for row in 0..<tiles {
            let pieces = try (0..<tiles).map { column in
                let first = (row * tiles + column) * batch
                return try map.slice(0, first, first + batch)
            }
            strips.append(try Tensor.concat(pieces, dim: 3))
        }
        let whole = try pooled(FeatureMap(map: Tensor.concat(strips, dim: 2)))
        if prefixes.isEmpty { return whole }
        let prefix = try Tensor.concat(prefixes, dim: 0)
        let mean = try prefix.reshape([tiles * tiles, batch] + prefix.shape.dropFirst())
            .mean(dims: [0])
        return try FeatureMap(tokens: whole.tokens(), grid: outputGrid, prefix: mean)
    }

    /// The high view at a scale.
    private func resized(_ high: Tensor, to scale: Int) throws -> Tensor {
        let size = SIMD2(high.shape[2], high.shape[3])
        guard size.x == size.y, size.x >= scale || configuration.upsample else {
            throw ArrayError.shape(
                operation: "s2",
                expected: "square pictures of at least \(scale) px for the scale \(scale)",
                got: "\(size.x)x\(size.y)")
        }
        return try high.interpolate(to: [scale, scale], mode: .bicubic)
    }

    /// The tiles of a picture, row by row.
    private func tiled(_ picture: Tensor) throws -> [Tensor] {
        let side = scales[0]
        var cut: [Tensor] = []
        for top in stride(from: 0, to: picture.shape[2], by: side) {
            let strip = try picture.slice(2, top, top + side)
            for left in stride(from: 0, to: picture.shape[3], by: side) {
                cut.append(try strip.slice(3, left, left + side))
            }
        }
        return cut
    }

    /// A map on the grid that comes out, by areas; prefix tokens stay.
    ///
    /// On its own grid that computes nothing, but it is a step of the method and cost counters see it.
    private func pooled(_ map: FeatureMap) throws -> FeatureMap {
        let resized = try FeatureMap(map: map.map().interpolate(to: outputGrid, mode: .area))
        guard let prefix = map.prefix else { return resized }
        return try FeatureMap(tokens: resized.tokens(), grid: outputGrid, prefix: prefix)
    }
}

extension S2EnricherConfiguration {
    /// The scales in ascending order.
    ///
    /// - Throws: `PluginError.configuration`.
    fileprivate func checkedScales(_ host: HostShape) throws -> [Int] {
        func complaint(_ key: String, _ problem: String) -> PluginError {
            .configuration(plugin: "s2", key: key, problem: problem)
        }
        let low = host.lowResolution
        let wanted =
            scales.isEmpty ? [low] + [host.highResolution].filter { $0 != low } : scales
        let sorted = wanted.sorted()
        guard sorted.first == low, sorted.allSatisfy({ $0 % low == 0 }) else {
            throw complaint(
                "scales",
                "must be the encoder's resolution \(low) and multiples of it, got \(wanted)")
        }
        guard Set(sorted).count == sorted.count else {
            throw complaint("scales", "must name every scale once, got \(wanted)")
        }
        let largest = sorted[sorted.count - 1]
        guard largest <= VisionLimits.resolution else {
            throw complaint("scales", "must be up to \(VisionLimits.resolution), got \(wanted)")
        }
        guard upsample || largest <= host.highResolution else {
            throw complaint(
                "scales",
                "reaches \(largest) px, but the high view has \(host.highResolution) px: set preprocessing's "
                    + "high_resolution to \(largest), or upsample = true")
        }
        guard resizeOutputTo == 0 || sorted.contains(resizeOutputTo) else {
            throw complaint(
                "resize_output_to",
                "must be 0 or one of the scales \(sorted), got \(resizeOutputTo)")
        }
        guard tilesAtOnce >= 0 else {
            throw complaint("tiles_at_once", "must not be negative, got \(tilesAtOnce)")
        }
        return sorted
    }
}
