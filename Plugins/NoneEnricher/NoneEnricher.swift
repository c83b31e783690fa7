import HireNN
import HireVLM

/// Hands the base features on.
final class NoneEnricher: Enricher {
    let scope = ModuleScope()
    let outputChannels: Int
    let outputGrid: SIMD2<Int>
    let outputTokens: Int

    init(_ host: HostShape) {
        outputChannels = host.channels
        outputGrid = host.grid
        outputTokens = host.prefixTokens + host.grid.x * host.grid.y
    }

    func forward(_ input: EnricherInput) throws -> FeatureMap { input.base }
}
