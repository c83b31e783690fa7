import Builtin
import HireArray
import HireCPU
import HireFiles
import HireImaging
import HireNN
import HireTensor
import HireTestSupport
import HireVLM
import Testing

/// Whole folders against PyTorch: pixels, features, image tokens, ids, logits and greedy answers.
@Suite struct ModelFolderParityTests {
    let context = ModelFolderGolden.context()

    @Test(arguments: ModelFolderGolden.all)
    func everyStageEqualsPyTorch(_ golden: ModelFolderGolden) throws {
        let pipeline = try golden.load(in: context)
        let arrays = try golden.golden(in: context)
        let views = try pipeline.views(of: [ModelFolderGolden.picture()])
        let pixels = try views.high.floats()
        let expected = try arrays.tensor("pixels").floats()
        #expect(pixels.count == expected.count)
        for (got, wanted) in zip(pixels, expected) {
            #expect(abs(got - wanted) <= wanted.ulp, "pixels differ by more than one ULP")
            if abs(got - wanted) > wanted.ulp { break }
        }
        try context.withoutGradients {
            let features = try pipeline.enrichedFeatures(views).sequence()
            #expect(try relativeError(features.array, arrays.tensor("features")) <= 1e-4)
            let tokens = try pipeline.imageTokens(views)
            #expect(try relativeError(tokens.array, arrays.tensor("tokens")) <= 1e-4)
            let prompted = try pipeline.prompted(ModelFolderGolden.question)
            #expect(prompted.before == (try arrays.tensor("before").integers()))
            #expect(prompted.after == (try arrays.tensor("after").integers()))
            let logits = try golden.logits(pipeline, in: context)
            #expect(try relativeError(logits.array, arrays.tensor("logits")) <= 1e-4)
        }
        var greedy = try arrays.tensor("greedy").integers()
        if let end = greedy.firstIndex(where: pipeline.endTokens.contains) {
            greedy = Array(greedy[...end])
        }
        let answer = try pipeline.ask(
            ModelFolderGolden.picture(), ModelFolderGolden.question,
            options: GenerationOptions(maximumTokens: greedy.count))
        #expect(answer.ids == greedy)
    }

    /// The same numbers stored in bfloat16 stay so in memory and give nearly the same logits.
    @Test(arguments: ModelFolderGolden.all.filter { !$0.usesBase })
    func halfWidthWeightsComeClose(_ golden: ModelFolderGolden) throws {
        let precise = try golden.load(in: context)
        let folder = try TemporaryFolder()
        try precise.save(to: folder.file("f32"))
        let copy = folder.file("bf16")
        try SystemFileSystem().makeFolder(copy)
        for name in try SystemFileSystem().list(folder.file("f32")) {
            let source = FilePath.join(folder.file("f32"), name)
            guard name == "model.safetensors" else {
                try AtomicWriter().write(
                    SystemFileSystem().readAll(source), to: FilePath.join(copy, name))
                continue
            }
            var state = StateDict()
            let file = try SafetensorsFile.read(source, backend: context.backend)
            for name in file.names {
                state[name] = try Tensor(file.tensor(name), in: context).cast(to: .bfloat16).array
            }
            try SafetensorsFile.write(state, to: FilePath.join(copy, name))
        }
        let rounded = try Pipeline.load(copy, catalog: BuiltinPlugins.catalog(), in: context)
            .pipeline
        let linear = try #require(
            rounded.parameters().first { $0.path.hasSuffix("layers.0.mlp.fc1.weight") })
        #expect(linear.parameter.dtype == .bfloat16)
        try context.withoutGradients {
            let error = try relativeError(
                golden.logits(rounded, in: context).array, golden.logits(precise, in: context).array
            )
            #expect(error <= 2e-2 && error > 0)
        }
    }

    /// What transformers wrote before version 5, and what newer classes hold in memory.
    @Test(arguments: ["older", "nested"])
    func earlierNamesAreRead(_ spelling: String) throws {
        let golden = ModelFolderGolden.all[0]
        let folder = try TemporaryFolder()
        let disk = SystemFileSystem()
        for name in try disk.list(golden.path) where name != "model.safetensors" {
            try AtomicWriter().write(
                disk.readAll(FilePath.join(golden.path, name)), to: folder.file(name))
        }
        let file = try SafetensorsFile.read(
            FilePath.join(golden.path, "model.safetensors"), backend: context.backend)
        var state = StateDict()
        for name in file.names { state[respelt(name, spelling)] = try file.tensor(name) }
        state["language_model.model.layers.0.self_attn.rotary_emb.inv_freq"] =
            spelling == "older" ? try context.backend.array([Float(1)], [1]) : nil
        try SafetensorsFile.write(state, to: folder.file("model.safetensors"))
        let pipeline = try golden.load(in: context, folder: folder.path)
        let logits = try context.withoutGradients { try golden.logits(pipeline, in: context) }
        #expect(
            try relativeError(logits.array, golden.golden(in: context).tensor("logits")) <= 1e-4)
    }

    private func respelt(_ name: String, _ spelling: String) -> String {
        if spelling == "older" {
            return name.replacing("vision_tower.", with: "vision_tower.vision_model.")
        }
        return name == "language_model.lm_head.weight"
            ? "lm_head.weight"
            : "model." + name.replacing("language_model.model.", with: "language_model.")
    }

    @Test func keptAdaptersGiveTheMergedAnswer() throws {
        let golden = ModelFolderGolden.all[5]
        var options = golden.options
        options.adapters = .keep
        let kept = try Pipeline.load(
            golden.path, options, catalog: BuiltinPlugins.catalog(), in: context
        ).pipeline
        #expect(kept.parameters().contains { $0.path.contains("lora_A") })
        let merged = try golden.load(in: context)
        #expect(!merged.parameters().contains { $0.path.contains("lora_A") })
        try context.withoutGradients {
            let logits = try golden.logits(kept, in: context)
            #expect(
                try relativeError(logits.array, golden.logits(merged, in: context).array) <= 1e-5)
            kept.setAdapters(enabled: false)
            #expect(
                try relativeError(
                    golden.logits(kept, in: context).array,
                    golden.logits(merged, in: context).array) > 1e-3)
            kept.setAdapters(enabled: true)
        }
        // Adapters are saved and come back as what they were.
        let folder = try TemporaryFolder()
        try kept.save(to: folder.file("saved"))
        let again = try Pipeline.load(
            folder.file("saved"), catalog: BuiltinPlugins.catalog(), in: context
        ).pipeline
        try context.withoutGradients {
            let first = try golden.logits(again, in: context).floats()
            #expect(try golden.logits(kept, in: context).floats() == first)
        }
    }

    @Test(arguments: ModelFolderGolden.all)
    func savedFoldersGiveTheSameBits(_ golden: ModelFolderGolden) throws {
        let pipeline = try golden.load(in: context)
        let folder = try TemporaryFolder()
        try pipeline.save(to: folder.file("saved"))
        // A folder that was moved still has everything it needs.
        try SystemFileSystem().rename(folder.file("saved"), to: folder.file("moved"))
        let again = try Pipeline.load(
            folder.file("moved"), catalog: BuiltinPlugins.catalog(), in: context
        ).pipeline
        try context.withoutGradients {
            let first = try golden.logits(again, in: context).floats()
            #expect(try golden.logits(pipeline, in: context).floats() == first)
        }
        #expect(throws: (any Error).self) { try pipeline.save(to: folder.file("moved")) }
    }

    /// Swapping with columns of zeros leaves the answer as it was, and everything else untouched.
    @Test func anUntrainedEnricherChangesNothingAtFirst() throws {
        let golden = ModelFolderGolden.all[0]
        let pipeline = try golden.load(in: context)
        try context.withoutGradients {
            let before = try golden.logits(pipeline, in: context)
            let report = try pipeline.setEnricher(
                PluginChoice("bicubic"), catalog: BuiltinPlugins.catalog(),
                options: SwapOptions(columns: .zero))
            #expect(report.resized.map(\.name) == ["projector.0.weight"])
            #expect(report.initialised.isEmpty)
            #expect(pipeline.recipe.preprocessing.highResolution == 56)
            // The low view is now made from a high one of 56 px, as HIRE has it, so pixels differ a little.
            let after = try golden.logits(pipeline, in: context)
            #expect(try relativeError(after.array, before.array) < 0.5)
            try pipeline.setEnricher(PluginChoice("none"), catalog: BuiltinPlugins.catalog())
            #expect(pipeline.recipe.preprocessing.highResolution == 28)
        }
    }
}
