import Builtin
import HireArray
import HireCPU
import HireFiles
import HireNN
import HireTensor
import HireVLM

/// Small pipelines whose enrichers are swapped.
enum SwapTesting {
    static let small: JSONObject = [
        "encoder": [
            "id": "small-vit", "resolution": 8, "patch": 4, "width": 8, "layers": 1, "heads": 2,
            "hidden": 16,
        ],
        "language_model": [
            "id": "small-llama", "width": 16, "layers": 1, "heads": 2, "kv_heads": 2, "hidden": 32,
        ],
        "preprocessing": ["low_resolution": 8],
    ]

    static let hire: JSONValue = [
        "id": "hire", "widths": [4, 4], "bottleneck": 4, "convolutions": 1, "key_size": 4,
        "radius": 1,
    ]

    static func context(seed: UInt64 = 5) -> Context {
        Context(backend: CPUBackend(threads: 1), seed: seed)
    }

    static func catalog() throws -> PluginCatalog { try BuiltinPlugins.catalog() }

    static func pipeline(
        _ enricher: JSONValue, seed: UInt64 = 3, catalog: PluginCatalog? = nil
    ) throws -> Pipeline {
        var json = small
        json["enricher"] = enricher
        let pipeline = try Pipeline(
            Recipe(json), catalog: catalog ?? Self.catalog(), corpus: ["what is it", "red"],
            in: context())
        try pipeline.initialize(from: RandomSource(seed: seed))
        pipeline.setTraining(false)
        return pipeline
    }

    /// All numbers of a pipeline by path.
    static func bits(_ pipeline: Pipeline) throws -> [String: [UInt32]] {
        var result: [String: [UInt32]] = [:]
        for (name, array) in try pipeline.stateDict() {
            result[name] = try array.floats().map(\.bitPattern)
        }
        return result
    }

    /// Changes every number, as training would.
    static func train(_ pipeline: Pipeline, by step: Float = 0.25) throws {
        for (_, parameter) in pipeline.parameters() {
            let values = try parameter.tensor.floats().map { $0 + step }
            try parameter.assign(pipeline.context.backend.array(values, parameter.shape))
        }
    }

    /// The values of a parameter as rows.
    static func rows(_ pipeline: Pipeline, _ name: String) throws -> [[Float]] {
        let found = try pipeline.parameters(matching: name)
        let (values, width) = (try found[0].parameter.tensor.floats(), found[0].parameter.shape[1])
        return stride(from: 0, to: values.count, by: width).map { Array(values[$0..<($0 + width)]) }
    }
}

/// An enricher for tests: gives E(i) and some more channels, in an order that it says or does not say.
final class ShuffledEnricher: Enricher {
    let scope = ModuleScope()
    let outputChannels: Int
    let outputGrid: SIMD2<Int>
    let baseChannel: Int?
    private let more: Int

    init(_ host: HostShape, more: Int, baseChannel: Int?) {
        self.more = more
        self.baseChannel = baseChannel
        outputChannels = host.channels + more
        outputGrid = host.grid
    }

    func forward(_ input: EnricherInput) throws -> FeatureMap {
        let map = try input.base.map()
        let shape = [map.shape[0], more, map.shape[2], map.shape[3]]
        return try FeatureMap(map: Tensor.concat([map.context.ones(shape), map], dim: 1))
    }

    /// Adds `last` (E(i) behind four channels) and `lost` (E(i) nowhere) to a catalogue.
    static func register(in catalog: inout PluginCatalog) throws {
        for (id, base) in [("last", 4), ("lost", nil)] as [(String, Int?)] {
            try catalog.enricher(
                PluginManifest(id: id, kind: .enricher, summary: "For tests."), NoConfiguration.self
            ) { _, host in ShuffledEnricher(host, more: 4, baseChannel: base) }
        }
    }
}
