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

    init(_ configuration: S2EnricherConfiguration, _ host: HostShape) throws {
        let low = host.lowResolution
        let wanted =
            configuration.scales.isEmpty ? [low, host.highResolution] : configuration.scales
        scales = wanted.sorted()
        guard scales.first == low, scales.allSatisfy({ $0 % low == 0 }) else {
            throw PluginError.configuration(
                plugin: "s2", key: "scales",
                problem:
                    "must be the encoder's resolution \(low) and multiples of it, got \(wanted)")
        }
        outputChannels = scales.count * host.channels
        outputGrid = host.grid
        outputTokens = host.prefixTokens + host.grid.x * host.grid.y
    }

    func forward(_ input: EnricherInput) throws -> FeatureMap {
        var result: FeatureMap?
        for scale in scales {
            let features = try scale == scales[0] ? input.base : lookAgain(input, at: scale)
            result = try result?.concatenated(with: features) ?? features
        }
        return result ?? input.base
    }

    /// The picture at a scale, tile by tile, on the grid of E(i).
    private func lookAgain(_ input: EnricherInput, at scale: Int) throws -> FeatureMap {
        let side = scales[0]
        let tiles = scale / side
        let high = input.image.high
        let picture =
            high.shape[2] == scale
            ? high : try high.interpolate(to: [scale, scale], mode: .bicubic)
        // Tiles are the outer axis of the batch, row by row, and pictures the inner one.
        var cut: [Tensor] = []
        for row in 0..<tiles {
            let strip = try picture.slice(2, row * side, (row + 1) * side)
            for column in 0..<tiles {
                cut.append(try strip.slice(3, column * side, (column + 1) * side))
            }
        }
        let seen = try input.encode(Tensor.concat(cut, dim: 0))
        let batch = high.shape[0]
        let map = try seen.map()
        var strips: [Tensor] = []
        for row in 0..<tiles {
            let pieces = try (0..<tiles).map { column in
                let first = (row * tiles + column) * batch
                return try map.slice(0, first, first + batch)
            }
            strips.append(try Tensor.concat(pieces, dim: 3))
        }
        let whole = try FeatureMap(map: Tensor.concat(strips, dim: 2)).pooled(to: outputGrid)
        guard let prefix = seen.prefix else { return whole }
        let mean = try prefix.reshape([tiles * tiles, batch] + prefix.shape.dropFirst())
            .mean(dims: [0])
        return try FeatureMap(tokens: whole.tokens(), grid: outputGrid, prefix: mean)
    }
}
