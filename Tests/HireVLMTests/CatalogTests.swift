import Builtin
import HireFiles
import HireReference
import HireTensor
import HireVLM
import Testing

/// Ids, configurations and recipes: what is misspelt is refused with the nearest name.
@Suite struct CatalogTests {
    let catalog: PluginCatalog
    let context = Context(backend: ReferenceBackend())

    init() throws { catalog = try BuiltinPlugins.catalog() }

    var host: HostShape {
        HostShape(
            channels: 8, grid: [4, 4], lowResolution: 16, highResolution: 64, context: context)
    }

    private func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "nothing was thrown"
        } catch { return "\(error)" }
    }

    @Test func unknownIdsNameTheNearest() {
        let text = message { _ = try catalog.makeEnricher(PluginChoice("hrie"), for: host) }
        #expect(text.contains("Unknown enricher 'hrie'") && text.contains("'hire'"), "\(text)")
    }

    @Test func unknownKeysNameTheNearest() {
        let text = message {
            _ = try catalog.makeEnricher(PluginChoice("hire", ["radus": 2]), for: host)
        }
        #expect(text.contains("'radus'") && text.contains("'radius'"), "\(text)")
    }

    @Test func valuesOfAnotherTypeAreRefused() {
        let text = message {
            _ = try catalog.makeEnricher(PluginChoice("hire", ["radius": "three"]), for: host)
        }
        #expect(text.contains("'radius'"), "\(text)")
    }

    @Test func oneIdTwiceNamesBothOrigins() throws {
        var copy = catalog
        let manifest = PluginManifest(
            id: "hire", kind: .enricher, summary: "Another.", origin: "mine.lua")
        let text = message { try copy.enricher(manifest, defaults: [:]) { _, _ in fatalError() } }
        #expect(text.contains("built in") && text.contains("mine.lua"), "\(text)")
    }

    @Test func recipesRoundTripAndRefuseUnknownFields() throws {
        var recipe = Recipe()
        recipe.enricher = PluginChoice("hire", ["radius": 1])
        recipe.preprocessing = ImagePreprocessing(highResolution: 64, lowResolution: 16)
        #expect(try Recipe(recipe.json()) == recipe)
        let text = message { _ = try Recipe(["enrichr": "hire"]) }
        #expect(text.contains("'enrichr'") && text.contains("'enricher'"), "\(text)")
    }

    @Test func stagesThatDoNotFitAreNamed() {
        var recipe = Recipe()
        recipe.preprocessing = ImagePreprocessing(highResolution: 64, lowResolution: 24)
        let text = message {
            _ = try Pipeline(recipe, catalog: catalog, corpus: ["a"], in: context)
        }
        #expect(text.contains("16 px") && text.contains("24 px"), "\(text)")
    }

    /// The paper states 0.25 million; configuration A of the cost accounting has exactly these.
    @Test(arguments: [("hire", 247_198), ("jbu", 31_165), ("bicubic", 0), ("none", 0)])
    func defaultsHaveThePapersParameters(_ id: String, _ count: Int) throws {
        let host = HostShape(
            channels: 8, grid: [24, 24], lowResolution: 336, highResolution: 672, context: context)
        #expect(try catalog.makeEnricher(PluginChoice(id), for: host).parameterCount == count)
    }
}
