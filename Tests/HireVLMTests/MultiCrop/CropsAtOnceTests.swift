import Builtin
import HireArray
import HireCPU
import HireImaging
import HireTensor
import HireTestSupport
import HireVLM
import Testing

/// A real encoder on the fast back-end: crops at once and company change rounding alone.
///
/// Its products add up in an order that depends on their size, so bits are equal for one batch plan only.
@Suite struct CropsAtOnceTests {
    private func tokens(
        _ choice: PluginChoice, atOnce: Int, _ pictures: [Image]
    ) throws -> Tensor {
        let context = Context(backend: CPUBackend(threads: 2), seed: 4)
        var recipe = Recipe()
        recipe.encoder = PluginChoice(
            "clip",
            [
                "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 3,
                "num_attention_heads": 4, "image_size": 32, "patch_size": 8,
                "select_feature": "cls_patch",
            ])
        recipe.enricher = choice
        recipe.enricher.configuration["crops_at_once"] = .integer(Int64(atOnce))
        let pipeline = try Pipeline(
            recipe, catalog: BuiltinPlugins.catalog(), corpus: ["a"], in: context)
        pipeline.setTraining(false)
        return try context.withoutGradients {
            try pipeline.imageTokens(pipeline.views(of: pictures))
        }
    }

    @Test(arguments: [
        PluginChoice("anyres", ["candidates": [[2, 2], [4, 1], [1, 4]], "separator": true]),
        PluginChoice("dragonfly", ["version": 1]), PluginChoice("dragonfly"),
    ])
    func changesRoundingAlone(_ choice: PluginChoice) throws {
        let bench = CropBench()
        let pictures = try [bench.picture(80, 70, seed: 1), bench.picture(33, 140, seed: 2)]
        let all = try tokens(choice, atOnce: 1000, pictures)
        for atOnce in [1, 5] {
            let chunked = try tokens(choice, atOnce: atOnce, pictures)
            try expectClose(chunked.array, all.array, absolute: 2e-6, "\(atOnce) at once")
        }
        for (index, picture) in pictures.enumerated() {
            let alone = try tokens(choice, atOnce: 8, [picture])
            try expectClose(
                alone.array, all.slice(0, index, index + 1).array, absolute: 2e-6, "alone")
        }
    }
}
