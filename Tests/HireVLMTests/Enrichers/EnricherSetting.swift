import Builtin
import HireFiles
import HireTensor
import HireVLM

/// An encoder of real size behind which enrichers are built, and pictures for them.
struct EnricherSetting: Sendable, CustomStringConvertible {
    let name: String
    let channels, grid, low, high: Int

    var description: String { "\(name) with \(high) px" }

    static let large = EnricherSetting(
        name: "ViT-L/14-336", channels: 1024, grid: 24, low: 336, high: 672)

    /// The same encoder with another high view.
    func at(_ high: Int) -> EnricherSetting {
        EnricherSetting(name: name, channels: channels, grid: grid, low: low, high: high)
    }

    func host(in context: Context) -> HostShape {
        HostShape(
            channels: channels, grid: [grid, grid], lowResolution: low, highResolution: high,
            context: context)
    }

    func make(
        _ id: String, _ options: JSONObject = [:], in context: Context
    ) throws -> any Enricher {
        let enricher = try BuiltinPlugins.catalog().makeEnricher(
            PluginChoice(id, options), for: host(in: context))
        try enricher.initialize(from: context.random)
        enricher.train(false)
        return enricher
    }

    /// Random features and views for one picture.
    func input(channels: Int? = nil, in context: Context) throws -> EnricherInput {
        let random = context.random
        let picture = try context.normal(
            [1, 3, high, high], mean: 0, deviation: 1, from: random.named("high"))
        let base = try context.normal(
            [1, channels ?? self.channels, grid, grid], mean: 0, deviation: 1,
            from: random.named("base"))
        return EnricherInput(
            base: try FeatureMap(map: base),
            image: ImageViews(
                high: picture, low: try picture.interpolate(to: [low, low], mode: .bicubic)),
            encode: { try FeatureMap(map: $0.adaptiveAvgPool2d([grid, grid])) })
    }

    /// What is thrown, as text.
    static func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "nothing was thrown"
        } catch { return "\(error)" }
    }
}

/// The configurations of `hire` that the paper's cost table admits.
enum HireConfigurations {
    static let a: JSONObject = [:]
    static let b: JSONObject = [
        "widths": [24, 32, 40, 40, 40], "bottleneck": 40, "convolutions": 1, "norm": "none",
        "upsampling": "transposed",
    ]
    static let c: JSONObject = [
        "widths": [24, 32, 32, 64, 64], "bottleneck": 0, "convolutions": 1, "norm": "none",
        "upsampling": "projected", "align": 1,
    ]
}
