import HireFiles
import HireShapes
import HireTensor
import HireVLM
import Testing

/// Parameters, grids and channels at the sizes of real encoders, computed without numbers.
@Suite struct EnricherSizeTests {
    struct Counted: Sendable, CustomStringConvertible {
        let name, id: String
        let options: JSONObject
        /// Parameters outside and inside the bilateral stages.
        let network, stages: Int
        var description: String { name }
    }

    static let counted = [
        Counted(
            name: "A", id: "hire", options: HireConfigurations.a, network: 205_908, stages: 41_290),
        Counted(
            name: "B", id: "hire", options: HireConfigurations.b, network: 205_440, stages: 44_206),
        Counted(
            name: "C", id: "hire", options: HireConfigurations.c, network: 201_488, stages: 47_446),
        Counted(name: "jbu", id: "jbu", options: [:], network: 0, stages: 31_165),
        Counted(
            name: "jbu without fixup", id: "jbu", options: ["fixup": false], network: 0,
            // Per stage two scalars, 3 -> 32 and 32 -> 32.
            stages: 5 * (2 + 128 + 1056)),
        Counted(
            name: "featup", id: "featup", options: [:], network: 1_049_600, stages: 4 * 6_233),
        Counted(
            name: "featup without its last convolution", id: "featup",
            options: ["final_fixup": false], network: 0, stages: 4 * 6_233),
        Counted(name: "lift", id: "lift", options: [:], network: 7_717_520, stages: 0),
        Counted(name: "bilinear", id: "bilinear", options: [:], network: 0, stages: 0),
        Counted(name: "nearest", id: "nearest", options: [:], network: 0, stages: 0),
        Counted(name: "s2", id: "s2", options: [:], network: 0, stages: 0),
    ]

    @Test(arguments: counted) func parametersAreThePapers(_ item: Counted) throws {
        let context = Context(backend: ShapesBackend())
        let enricher = try EnricherSetting.large.make(item.id, item.options, in: context)
        let inside = enricher.modules().filter { $0.module is JointBilateralStage }
            .reduce(0) { $0 + $1.module.parameterCount }
        #expect(inside == item.stages)
        #expect(enricher.parameterCount - inside == item.network)
    }

    static let encoders = [
        EnricherSetting(name: "ViT-L/14-224", channels: 1024, grid: 16, low: 224, high: 448),
        .large,
        EnricherSetting(name: "ViT-H/14-336", channels: 1280, grid: 24, low: 336, high: 672),
        EnricherSetting(name: "ViT-g/14-224", channels: 1408, grid: 16, low: 224, high: 336),
        EnricherSetting(name: "ViT-bigG/14-336", channels: 1664, grid: 24, low: 336, high: 700),
        EnricherSetting(name: "SigLIP-384/14", channels: 1152, grid: 27, low: 384, high: 768),
        EnricherSetting(name: "DINOv2-518/14", channels: 768, grid: 37, low: 518, high: 1036),
    ]

    @Test(arguments: encoders, ["hire", "jbu", "featup", "lift", "s2", "bicubic", "nearest"])
    func everyEncoderIsServed(_ setting: EnricherSetting, _ id: String) throws {
        let context = Context(backend: ShapesBackend())
        // S2 wants multiples of the encoder's resolution.
        let setting = id == "s2" ? setting.at(2 * setting.low) : setting
        let enricher = try setting.make(id, in: context)
        let output = try enricher(
            id == "s2" ? scaled(setting, in: context) : setting.input(in: context))
        #expect(output.channels == 2 * setting.channels)
        #expect(output.grid == [setting.grid, setting.grid])
    }

    /// An input whose encoder makes as many channels as the setting says.
    private func scaled(_ setting: EnricherSetting, in context: Context) throws -> EnricherInput {
        let input = try setting.input(in: context)
        return EnricherInput(base: input.base, image: input.image) { tiles in
            try FeatureMap(
                map: context.zeros([tiles.shape[0], setting.channels, setting.grid, setting.grid]))
        }
    }

    struct Geometry: Sendable, CustomStringConvertible {
        let options: JSONObject
        let high, side: Int
        var description: String { "\(high) px becomes \(side)" }
    }

    static let geometries = [
        Geometry(options: HireConfigurations.a, high: 672, side: 672),
        Geometry(options: HireConfigurations.a, high: 700, side: 704),
        Geometry(options: HireConfigurations.a, high: 1008, side: 1024),
        Geometry(options: HireConfigurations.a, high: 448, side: 448),
        // A quarter of the levels' scales keeps the coarsest guidance above 24x24.
        Geometry(options: ["widths": [12, 32, 32, 32]], high: 336, side: 352),
        Geometry(options: HireConfigurations.b, high: 1008, side: 1024),
        Geometry(options: HireConfigurations.c, high: 672, side: 672),
        Geometry(options: HireConfigurations.c, high: 1008, side: 1008),
        // The last stage's grid is the features' doubled five times, whatever the picture.
        Geometry(options: ["grids": "doubling"], high: 672, side: 768),
        Geometry(options: ["grids": "doubling"], high: 336, side: 768),
        Geometry(options: ["finest": 1], high: 672, side: 336),
    ]

    @Test(arguments: geometries) func theLastStageHasThisGrid(_ item: Geometry) throws {
        let context = Context(backend: ShapesBackend())
        let setting = EnricherSetting.large.at(item.high)
        let enricher = try setting.make("hire", item.options, in: context)
        let input = try setting.input(in: context)
        let upsampler = try #require(enricher as? any LinearUpsampler)
        #expect(try upsampler.highResolution(input).grid == [item.side, item.side])
        #expect(try enricher(input).grid == [24, 24])
    }

    /// 42, 84, 168, 336, 672 for the UNet's scales, 48 to 768 for doubled grids.
    @Test(
        arguments: [
            ("hire", "unet", [42, 84, 168, 336, 672]),
            ("hire", "doubling", [48, 96, 192, 384, 768]),
            ("jbu", "unet", [42, 84, 168, 336, 672]), ("jbu", "doubling", [48, 96, 192, 384, 768]),
        ])
    func stagesHaveTheseGrids(_ id: String, _ grids: String, _ sides: [Int]) throws {
        let context = Context(backend: ShapesBackend())
        let setting = EnricherSetting.large
        let enricher = try setting.make(id, ["grids": .string(grids)], in: context)
        var seen: [Int] = []
        let handle = try enricher.capture(["stages.*.kernel"]) { _, kernel in
            seen.append(kernel.shape[3])
        }
        _ = try enricher(setting.input(in: context))
        handle.cancel()
        #expect(seen == sides)
    }
}
