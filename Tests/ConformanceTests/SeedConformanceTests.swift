import Builtin
import HireArray
import HireCPU
import HireFiles
import HireNN
import HireTensor
import HireVLM
import Testing

/// One seed gives every variant the same numbers wherever names and shapes agree.
@Suite struct SeedConformanceTests {
    /// One enricher put in the place of another.
    struct Change: Sendable, CustomStringConvertible {
        let from: String
        let to: String
        var description: String { "\(from) to \(to)" }
    }

    static let ids = (try? BuiltinPlugins.catalog())?.list(.enricher).map(\.manifest.id) ?? []
    static let changes = ids.flatMap { id in
        (id == "none" ? [] : [Change(from: "none", to: id), Change(from: id, to: "none")])
            + [Change(from: "hire", to: id)]
    }

    let catalog: PluginCatalog

    init() throws { catalog = try BuiltinPlugins.catalog() }

    private func made(_ enricher: PluginChoice, seed: UInt64 = 11) throws -> Pipeline {
        var recipe = Recipe()
        recipe.enricher = enricher
        recipe.preprocessing = ImagePreprocessing(highResolution: 64)
        let pipeline = try Pipeline(
            recipe, catalog: catalog, corpus: ["what is it"],
            in: Context(backend: CPUBackend(threads: 1), seed: 2))
        try pipeline.initialize(from: RandomSource(seed: seed))
        return pipeline
    }

    private func bits(_ pipeline: Pipeline) throws -> [String: [UInt32]] {
        var result: [String: [UInt32]] = [:]
        for (name, array) in try pipeline.stateDict() {
            result[name] = try array.floats().map(\.bitPattern)
        }
        return result
    }

    /// A swap with fresh columns gives the bits of a pipeline built with that enricher.
    @Test(arguments: changes) func aSwapIsAsGoodAsBuildingAfresh(_ change: Change) throws {
        let swapped = try made(SmallOverrides.choice(change.from))
        try swapped.setEnricher(SmallOverrides.choice(change.to), catalog: catalog)
        let afresh = try made(SmallOverrides.choice(change.to))
        let (first, second) = (try bits(swapped), try bits(afresh))
        #expect(Set(first.keys) == Set(second.keys))
        for (name, values) in second { #expect(first[name] == values, "\(name)") }
        #expect(swapped.recipe == afresh.recipe)
        #expect(try bits(made(SmallOverrides.choice(change.to), seed: 12)) != second)
    }

    /// Variants of `hire` share what they have in common, and all variants share everything else.
    @Test func variantsBeginAlike() throws {
        let hire = try bits(made(PluginChoice("hire")))
        let variant = try bits(made(PluginChoice("hire", ["radius": 2, "finest": 1])))
        let plain = try bits(made(PluginChoice("none")))
        for (name, values) in plain where !name.hasPrefix("projector.0.") {
            #expect(hire[name] == values && variant[name] == values, "\(name)")
        }
        for name in [
            "enricher.unet.encoder.0.0.weight", "enricher.stages.0.range_proj.0.weight",
            "projector.0.weight",
        ] {
            let values = try #require(hire[name])
            #expect(variant[name] == values, "\(name)")
        }
        #expect(
            variant["enricher.stages.0.fixup_proj.0.weight"]
                != hire["enricher.stages.0.fixup_proj.0.weight"])
    }
}
