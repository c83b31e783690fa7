import HireArray
import HireFiles
import HireNN
import HireTensor
import HireTestSupport
import HireVLM
import Testing

@Suite("Another enricher in a pipeline")
struct SwapTests {
    private let catalog: PluginCatalog
    private let hire: PluginChoice

    init() throws {
        var catalog = try SwapTesting.catalog()
        try ShuffledEnricher.register(in: &catalog)
        self.catalog = catalog
        hire = try PluginChoice(SwapTesting.hire, for: .enricher)
    }

    private func pipeline(_ enricher: JSONValue) throws -> Pipeline {
        try SwapTesting.pipeline(enricher, catalog: catalog)
    }

    @Test("fresh draws the whole first layer anew and keeps the rest")
    func fresh() throws {
        let model = try pipeline("none")
        try SwapTesting.train(model)
        let before = try SwapTesting.bits(model)
        let report = try model.setEnricher(hire, catalog: catalog)
        let after = try SwapTesting.bits(model)
        let afresh = try SwapTesting.bits(pipeline(SwapTesting.hire))
        #expect(
            report.initialised.filter { $0.hasPrefix("projector") } == [
                "projector.0.weight", "projector.0.bias",
            ])
        #expect(report.kept == ["projector.2.weight", "projector.2.bias"])
        for name in report.initialised { #expect(after[name] == afresh[name], "\(name)") }
        for name in before.keys where !report.initialised.contains(name) {
            #expect(after[name] == before[name], "\(name)")
        }
        #expect(after["enricher.stages.0.range_temp"] != nil && report.dropped.isEmpty)
        #expect(model.recipe.preprocessing.highResolution == 16)
        #expect("\(report)".contains("'none' -> 'hire': the projector reads 16 channels, before 8"))
    }

    @Test(
        "keep and zero keep the columns of E(i), wherever it lies, and shrink again",
        arguments: [SwapOptions.Columns.keep, .zero])
    func columns(_ columns: SwapOptions.Columns) throws {
        let model = try pipeline("none")
        try SwapTesting.train(model)
        let first = try SwapTesting.rows(model, "projector.0.weight")
        let options = SwapOptions(columns: columns)
        let report = try model.setEnricher(hire, catalog: catalog, options: options)
        let wide = try SwapTesting.rows(model, "projector.0.weight")
        let afresh = try SwapTesting.rows(pipeline(SwapTesting.hire), "projector.0.weight")
        #expect(report.resized.map(\.name) == ["projector.0.weight"])
        #expect(report.resized.map { [$0.before, $0.after, $0.kept] } == [[8, 16, 8]])
        #expect(report.kept.contains("projector.0.bias"))
        for (row, values) in wide.enumerated() {
            #expect(Array(values[..<8]) == first[row])
            let rest = columns == .zero ? Array(repeating: 0, count: 8) : Array(afresh[row][8...])
            #expect(Array(values[8...]) == rest)
        }
        // E(i) behind four other channels.
        try model.setEnricher(PluginChoice("last"), catalog: catalog, options: options)
        let shifted = try SwapTesting.rows(model, "projector.0.weight")
        #expect(shifted.map { Array($0[4...]) } == first && shifted[0].count == 12)
        // And back to E(i) alone: bit for bit what it was.
        let back = try model.setEnricher(PluginChoice("none"), catalog: catalog, options: options)
        #expect(try SwapTesting.rows(model, "projector.0.weight") == first)
        #expect(back.dropped.isEmpty && back.resized.first?.after == 8)
        #expect(model.recipe.preprocessing.highResolution == 8)
    }

    @Test("zero columns leave the tokens as they were, up to the low view")
    func sameTokens() throws {
        let model = try pipeline("none")
        let views = try model.blankViews(of: 16)
        let before = try model.imageTokens(views)
        try model.setEnricher(hire, catalog: catalog, options: SwapOptions(columns: .zero))
        try expectClose(model.imageTokens(views).array, before.array, relative: 1e-6)
    }

    @Test("What does not fit is refused, and nothing has changed")
    func atomic() throws {
        let folder = try TemporaryFolder()
        let model = try pipeline(SwapTesting.hire)
        try SwapTesting.train(model)
        var seen: [String] = []
        let handle = try model.capture(["enricher.stages.*.kernel", "enricher.output"]) { name, _ in
            seen.append(name)
        }
        let strange = folder.file("strange.safetensors")
        try SafetensorsFile.write(
            pipeline("none").stateDict(), to: strange)
        let spoilt = try pipeline("none")
        try SwapTesting.train(spoilt, by: .nan)
        let nan = folder.file("nan.safetensors")
        try SafetensorsFile.write(spoilt.stateDict(), to: nan)
        func weights(_ path: String, strict: Bool) throws -> SwapOptions {
            var options = SwapOptions()
            options.weights = try .open(path, backend: model.context.backend)
            options.isStrict = strict
            return options
        }
        var negative = SwapOptions()
        negative.highResolution = -1
        let cases: [(choice: PluginChoice, options: SwapOptions, expected: String)] = [
            (PluginChoice("hrie"), SwapOptions(), "'hire'"),
            (PluginChoice("hire", ["widht": 3]), SwapOptions(), "widths"),
            (PluginChoice("jbu", ["stages": 9]), SwapOptions(), "stages"),
            (
                PluginChoice("none"), SwapOptions(columns: .refuse),
                "gives 8 channels, but the projector was made for the 16"
            ),
            (PluginChoice("lost"), SwapOptions(columns: .keep), "'lost' does not have E(i)"),
            (PluginChoice("bicubic"), negative, "high_resolution"),
            (PluginChoice("none"), SwapOptions(), "enricher.stages.*.kernel"),
            (hire, try weights(strange, strict: true), "projector.0.weight"),
            (PluginChoice("bicubic"), try weights(nan, strict: false), "projector.0.bias"),
        ]
        let (bits, recipe, names) = (try SwapTesting.bits(model), model.recipe, handle.names)
        let views = try model.blankViews(of: 16)
        let tokens = try model.imageTokens(views).floats()
        let finite = tokens.allSatisfy { $0.isFinite }
        #expect(finite)
        for (choice, options, expected) in cases {
            do {
                try model.setEnricher(choice, catalog: catalog, options: options)
                Issue.record("\(choice.id) was accepted.")
            } catch {
                #expect("\(error)".contains(expected), "\(error)")
            }
            #expect(try SwapTesting.bits(model) == bits && model.recipe == recipe)
            #expect(
                model.scope.children.map(\.name) == [
                    "encoder", "enricher", "language_model", "projector",
                ])
            seen = []
            let again = try model.imageTokens(views).floats()
            #expect(again == tokens)
            #expect(
                seen == ["enricher.stages.0.kernel", "enricher.stages.1.kernel", "enricher.output"])
            #expect(handle.names == names)
        }
    }

    @Test("Captures, edits, adapters and freezing go along")
    func companions() throws {
        let model = try pipeline(SwapTesting.hire)
        try model.addLoRA(["projector.*"], rank: 2, alpha: 4, dropout: 0.25)
        try model.freeze("enricher")
        try model.freeze("projector.2")
        var seen: [String] = []
        let kernels = try model.capture(["enricher.stages.*.kernel", "projector.0"]) { name, _ in
            seen.append(name)
        }
        var edited = 0
        let edit = try model.enricher.edit("output") { _, tensor in
            edited += 1
            return try tensor.scaled(by: 0)
        }
        let report = try model.setEnricher(
            PluginChoice("jbu", ["stages": 3, "finest": 0, "radius": 1]), catalog: catalog)
        _ = try model.imageTokens(model.blankViews(of: 16))
        #expect(
            seen == [
                "enricher.stages.0.kernel", "enricher.stages.1.kernel", "enricher.stages.2.kernel",
                "projector.0.output",
            ])
        #expect(
            kernels.names == [
                "enricher.stages.0.kernel", "enricher.stages.1.kernel",
                "enricher.stages.2.kernel", "projector.0.output",
            ])
        #expect(edited == 1 && edit.names == ["output"])
        kernels.cancel()
        edit.cancel()
        _ = try model.imageTokens(model.blankViews(of: 16))
        #expect(seen.count == 4 && edited == 1)
        let frozen = Dictionary(
            uniqueKeysWithValues: model.parameters().map { ($0.path, $0.parameter.isFrozen) })
        #expect(frozen["projector.0.lora_A.weight"] == false)
        #expect(frozen["projector.2.lora_B.weight"] == true && frozen["projector.0.weight"] == true)
        #expect(model.enricher.parameters().allSatisfy { $0.parameter.isFrozen })
        #expect(report.kept.contains("projector.0.lora_A.weight"))
        #expect(report.dropped.contains("enricher.unet.bottleneck.0.weight"))
        let layer = try #require(model.module(at: "projector.0") as? Linear)
        #expect((layer.adapter as? LoRA)?.dropoutProbability == 0.25)
        try layer.merge()
        #expect(throws: ModuleError.self) { try model.setEnricher(hire, catalog: catalog) }
    }

    @Test("Weights come from a file, a folder or a finished run")
    func weights() throws {
        let folder = try TemporaryFolder()
        let trained = try pipeline(SwapTesting.hire)
        try SwapTesting.train(trained)
        try trained.save(to: folder.file("saved"))
        let file = folder.file("model.safetensors")
        try SafetensorsFile.write(trained.stateDict(), to: file)
        let wanted = try SwapTesting.bits(trained)
        for path in [file, folder.path, folder.file("saved")] {
            let model = try pipeline("none")
            let encoder = try SwapTesting.bits(model)["encoder.patch_embedding.weight"]
            var options = SwapOptions()
            options.weights = try .open(path, backend: model.context.backend)
            options.isStrict = true
            let report = try model.setEnricher(hire, catalog: catalog, options: options)
            let bits = try SwapTesting.bits(model)
            for (name, values) in wanted where !name.hasPrefix("encoder") && !name.hasPrefix("lang")
            {
                #expect(bits[name] == values, "\(path): \(name)")
            }
            #expect(bits["encoder.patch_embedding.weight"] == encoder)
            #expect(report.initialised.isEmpty && report.kept.isEmpty && report.leftOver.isEmpty)
            #expect(
                report.loaded.count
                    == wanted.keys.filter { $0.hasPrefix("enr") || $0.hasPrefix("pro") }.count)
        }
        // What fits is taken, what does not is reported.
        let model = try pipeline("none")
        var options = SwapOptions()
        options.weights = try .open(file, backend: model.context.backend)
        let report = try model.setEnricher(
            PluginChoice("jbu", ["stages": 2, "radius": 1, "key_size": 4]), catalog: catalog,
            options: options)
        #expect(report.loaded.contains("projector.0.weight"))
        #expect(report.loaded.contains("enricher.stages.0.range_temp"))
        #expect(report.initialised.contains("enricher.stages.0.range_proj.0.weight"))
        #expect(report.leftOver.contains("enricher.unet.bottleneck.0.weight"))
        // Nothing that fits is a mistake.
        let alien = folder.file("alien.safetensors")
        var state = StateDict()
        state["mm_projector.0.weight"] = try model.context.backend.array([1], [1])
        try SafetensorsFile.write(state, to: alien)
        #expect(throws: FileError.self) {
            try SwapWeights.open(alien, backend: model.context.backend)
        }
    }

    @Test("The high view may change with the enricher, and is saved as it was asked for")
    func highResolution() throws {
        let folder = try TemporaryFolder()
        let model = try pipeline("none")
        var options = SwapOptions()
        options.highResolution = 32
        try model.setEnricher(hire, catalog: catalog, options: options)
        #expect(model.recipe.preprocessing.highResolution == 32)
        try model.setEnricher(PluginChoice("s2"), catalog: catalog)
        #expect(model.recipe.preprocessing.highResolution == 32)
        options.highResolution = 0
        try model.setEnricher(hire, catalog: catalog, options: options)
        #expect(model.recipe.preprocessing.highResolution == 16)
        try model.save(to: folder.file("saved"), corpus: ["what is it", "red"])
        let again = try Pipeline.load(
            folder.file("saved"), catalog: catalog, in: SwapTesting.context())
        #expect(again.pipeline.recipe.preprocessing.highResolution == 16)
    }
}

extension Pipeline {
    /// Views of one picture with a high side of its own.
    fileprivate func blankViews(of side: Int) throws -> ImageViews {
        let high = try context.uniform(
            [1, 3, side, side], low: -1, high: 1, from: RandomSource(seed: 9))
        return try ImageViews(high: high, low: recipe.preprocessing.lowView(of: high))
    }
}
