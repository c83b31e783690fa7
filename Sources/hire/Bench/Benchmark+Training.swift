import Builtin
import HireArray
import HireFiles
import HireNN
import HireTensor
import HireVLM

extension Benchmark {
    /// Whole training steps of the quickstart: its model, batch and optimiser, on drawn pictures.
    static let training: [Benchmark] = [
        trainingStep("training-step", enricher: "hire"),
        trainingStep("training-step-none", enricher: "none"),
    ]

    private static func trainingStep(_ name: String, enricher: String) -> Benchmark {
        Benchmark(
            name: name,
            summary:
                "one step of the quickstart with `\(enricher)`: 32 pictures, forward, backward, AdamW",
            multiplyAdds: 0
        ) { host in
            let context = host.context
            let catalog = try BuiltinPlugins.catalog()
            let task = try catalog.makeTask(
                PluginChoice("shapes", ["train_images": 32, "test_images": 1]))
            let pipeline = try Pipeline(
                QuickstartRecipe.recipe(enricher: enricher), catalog: catalog, corpus: task.corpus,
                in: context)
            try pipeline.initialize(from: context.random)
            pipeline.setTraining(true)
            let images = try (0..<32).map { try task.image(.train, at: $0) }
            let views = try pipeline.views(of: images)
            let samples = (0..<32).map { index in
                task.samples(.train).first { $0.imageIndex == index && $0.type == 1 }
            }
            let questions = try samples.enumerated().compactMap { index, sample in
                try sample.map {
                    try pipeline.prompted($0.question, answer: $0.answer, image: index)
                }
            }
            let optimizer = try AdamW(
                groups: [
                    ParameterGroup(
                        name: "all", parameters: pipeline.parameters().map(\.parameter),
                        learningRate: 1e-3, weightDecay: 0.01)
                ])
            return {
                let loss = try pipeline.loss(imageTokens: pipeline.imageTokens(views), questions)
                try loss.backward()
                _ = try clipGradientNorm(pipeline.parameters().map(\.parameter), maximum: 1)
                try optimizer.step()
                pipeline.zeroGradients()
            }
        }
    }
}

/// The quickstart's model; experiments/quickstart/experiment.lua and Tests/Peers/quickstart.py state the same.
enum QuickstartRecipe {
    static func recipe(enricher: String) -> Recipe {
        var recipe = Recipe()
        recipe.encoder = PluginChoice("small-vit", ["resolution": 8, "patch": 2])
        if enricher == "hire" {
            recipe.enricher = PluginChoice(
                "hire",
                [
                    "widths": [8, 16, 16], "bottleneck": 16, "convolutions": 1, "finest": 1,
                    "align": 8, "key_size": 16, "radius": 1, "dropout": 0.0,
                ])
        } else {
            recipe.enricher = PluginChoice(enricher)
        }
        recipe.preprocessing = ImagePreprocessing(highResolution: 64, lowResolution: 8)
        return recipe
    }
}
