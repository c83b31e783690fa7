import Builtin
import HireArray
import HireCPU
import HireFiles
import HireNN
import HireTensor
import HireVLM
import Testing

/// What the default guidance UNet holds for a picture of 672 x 672 pixels, besides parameters and picture.
@Suite struct GuidanceMemoryTests {
    private let context = Context(backend: CPUBackend(threads: 2))

    private func unet(
        _ options: JSONObject, side: Int
    ) throws -> (any Layer<Tensor, [Tensor]>, Tensor) {
        let enricher = try BuiltinPlugins.catalog().makeEnricher(
            PluginChoice("hire", options),
            for: HostShape(
                channels: 8, grid: [24, 24], lowResolution: 336, highResolution: side,
                context: context))
        try enricher.initialize(from: context.random)
        let unet = try #require(enricher.module(at: "unet") as? any Layer<Tensor, [Tensor]>)
        let picture = try context.normal(
            [1, 3, side, side], mean: 0, deviation: 1, from: context.random.named("picture"))
        return (unet, picture)
    }

    private func peakMegabytes(_ body: () throws -> Void) throws -> Double {
        try body()
        let before = context.backend.ledger.resetPeak()
        try body()
        return Double(context.backend.ledger.peakBytes - before) / 1e6
    }

    @Test func evaluationHoldsLittle() throws {
        let (unet, picture) = try unet([:], side: 672)
        unet.train(false)
        let peak = try peakMegabytes { _ = try context.withoutGradients { try unet(picture) } }
        // The outputs are 41 MB of these.
        #expect(peak < 160)
    }

    @Test func trainingComputesAgainWhatItDoesNotHold() throws {
        var peaks: [Double] = []
        var gradients: [[[Float]]] = []
        for recomputes in [true, false] {
            let (unet, picture) = try unet(["recompute": .bool(recomputes)], side: 672)
            peaks.append(
                try peakMegabytes {
                    unet.zeroGradients()
                    var loss = try context.zeros([])
                    for map in try unet(picture) { loss = try loss + map.square().sum() }
                    try loss.backward()
                })
            gradients.append(
                try unet.parameters().map { try #require($0.parameter.gradient).floats() })
        }
        #expect(gradients[0] == gradients[1])
        #expect(peaks[0] < 320)
        #expect(peaks[0] < 0.65 * peaks[1])
    }
}
