import HireNN
import HireVLM

/// Hands the base features on.
final class NoneEnricher: Enricher {
    let scope = ModuleScope()
    let outputChannels: Int
    let outputGrid: SIMD2<Int>

    init(_ host: HostShape) {
        outputChannels = host.channels
        outputGrid = host.grid
    }

    func forward(_ input: EnricherInput) throws -> FeatureMap { input.base }
}
