import HireArray
import HireCPU
import HireTensor
import HireTestSupport
import HireVLM
import Testing

/// The enrichers without learning against the operations that they are made of.
@Suite struct InterpolationEnricherTests {
    @Test(arguments: [InterpolationMode.bicubic, .bilinear, .nearest], [672, 700, 336])
    func agreesWithResizeAndPooling(_ mode: InterpolationMode, _ side: Int) throws {
        let context = Context(backend: CPUBackend(threads: 1))
        let setting = EnricherSetting(
            name: "few channels", channels: 5, grid: 24, low: 336, high: side)
        let enricher = try setting.make(mode.rawValue, in: context)
        let input = try setting.input(in: context)
        let resized = try input.base.map().interpolate(to: [side, side], mode: mode)
        let expected = try Tensor.concat(
            [input.base.map(), resized.adaptiveAvgPool2d([24, 24])], dim: 1)
        try expectClose(
            enricher(input).map().array, expected.array, relative: 1e-5, absolute: 1e-5)
    }

    /// 28 x 28 copies of a feature average to the feature.
    @Test func nearestGivesTheFeaturesBackWhereTheGridDivides() throws {
        let context = Context(backend: CPUBackend(threads: 1))
        let setting = EnricherSetting(
            name: "few channels", channels: 2, grid: 24, low: 336, high: 672)
        let input = try setting.input(in: context)
        let enricher = try setting.make("nearest", in: context)
        let output = try enricher(input).map()
        try expectClose(
            output.slice(1, 2, 4).array, input.base.map().array, relative: 1e-6, absolute: 1e-6)
    }
}
