import Builtin
import HireFiles
import HireLua
import HireReference
import HireShapes
import HireStudies
import HireTensor
import HireTestSupport
import HireVLM
import Testing

@Suite("Libraries of studies in Lua")
struct ScriptTests {
    private static let model = """
        task = hire.task.load { id = "shapes", train_images = 8, test_images = 4, size = 16 }
        model = hire.pipeline.build({
          preprocessing = { high_resolution = 16, low_resolution = 8 },
          encoder = { id = "small-vit", resolution = 8, patch = 4, width = 8, layers = 1, heads = 2, hidden = 16 },
          language_model = { id = "small-llama", width = 16, layers = 1, heads = 2, kv_heads = 2, hidden = 32 },
        }, { task = task, seed = 3 })
        small = { id = "hire", widths = { 4, 4 }, bottleneck = 4, convolutions = 1, key_size = 4, radius = 1 }
        """

    private func run(_ source: String, in folder: String) throws -> (
        values: [ScriptValue], host: Host
    ) {
        let host = try Host(folder)
        let state = try LuaState(host: host)
        try state.install(LibraryList.all)
        try state.run("hire = require 'hire'", name: "setup.lua")
        return (try state.run(source, name: "case.lua"), host)
    }

    private func message(_ source: String) throws -> String {
        var text = "nothing was thrown"
        try withTemporaryFolder { folder in
            do {
                _ = try run(ScriptTests.model + source, in: folder)
            } catch let error as LuaError {
                text = error.message
            }
        }
        return text
    }

    @Test("Every example runs as it stands")
    func examples() throws {
        for library in StudyLibraries.all {
            for function in library.functions {
                guard let example = function.example else { continue }
                try withTemporaryFolder { folder in
                    do {
                        _ = try run(example, in: folder)
                    } catch {
                        Issue.record("\(library.name).\(function.name): \(error)")
                    }
                }
            }
        }
    }

    @Test("A pipeline answers, is captured, counted, swapped, saved and loaded")
    func pipeline() throws {
        try withTemporaryFolder { folder in
            let (values, _) = try run(
                ScriptTests.model + """
                    local image = task:image(1)
                    local answer, captured = model:ask(image, task:sample(1).question,
                      { capture = { "encoder.output", "enricher.output" }, maximum_tokens = 2 })
                    assert(type(answer.text) == "string" and answer.macs > 0 and answer.seconds > 0)
                    local base = captured["encoder.output"]
                    assert(base:shape()[2] == 8 and base:shape()[3] == 2)
                    local high, low = model:views(image)
                    assert(model.encoder(low):shape()[2] == 8)
                    local before = model:cost()
                    local changed = model:set_enricher(small)
                    assert(#changed > 0)
                    assert(model:cost().parameters > before.parameters)
                    assert(model.enricher(model.encoder(low), high):shape()[2] == 16)
                    assert(model:high_resolution({ image, image }):shape()[1] == 2)
                    model:save("\(folder)/new/model.safetensors")
                    model:set_enricher { id = "anyres", separator = true }
                    local map, more = model.enricher(model.encoder(low), high)
                    assert(map:shape()[2] == 8 and more:shape()[2] == 4 * 4 + 5)
                    assert(model.projector(more):shape()[2] == 21)
                    local _, none = model.encoder(low)
                    assert(none == nil)
                    local _, found, behind = model.enricher:capture(
                      model.encoder(low), { "enricher.crops" }, { high = high })
                    assert(behind:shape()[2] == 21 and found["enricher.crops"]:shape()[3] == 8)
                    assert(#model:ask(image, "what shape is in the image?").ids > 0)
                    model:set_enricher(small)
                    local kernel = model:capture(image, "enricher.stages.*.kernel")
                    assert(kernel["enricher.stages.0.kernel"])
                    local drawing = hire.picture.kernels(image, kernel["enricher.stages.1.kernel"])
                    drawing:save("\(folder)/kernels.png")
                    model:freeze("encoder")
                    hire.train.run(model, task, { steps = 1, images = 2, warmup = 0 })
                    local report = model:load("\(folder)/new/model.safetensors")
                    return #model:capture_points(), model:low_view(image).width, report
                    """, in: folder)
            guard case .integer(let points) = values[0], case .integer(let width) = values[1] else {
                Issue.record("\(values)")
                return
            }
            #expect(points > 10 && width == 8)
            #expect(try SystemFileSystem().exists(folder + "/kernels.png"))
        }
    }

    @Test("An ablation prints its table and keeps its files")
    func ablation() throws {
        try withTemporaryFolder { folder in
            let (_, host) = try run(
                ScriptTests.model + """
                    local study = hire.study.ablation {
                      task = task, recipe = model.recipe, seed = 2,
                      variants = { "none", { name = "small hire", enricher = small },
                        { name = "majority", baseline = "majority" } },
                      training = { steps = 2, images = 2, warmup = 0, learning_rates = { ["enricher.**"] = 0.01 } },
                      evaluation = { images = 3 }, record = "encoder.output", record_images = 2,
                    }
                    study:table():print { format = "markdown" }
                    study:table():save()
                    assert(#study:history("small hire").loss == 2)
                    assert(study:results()[3].parameters == nil)
                    local model = study:pipeline("small hire")
                    local maps = hire.picture.pca { model:high_resolution(task:image(1)) }
                    hire.picture.sheet({ { task:image(1), maps[1][1] } }, { columns = { "a", "b" } })
                      :save("\(folder)/sheet.png")
                    """, in: folder)
            #expect(
                host.printed.contains("| small hire |") && host.printed.contains("| majority |"))
            for name in [
                "results.jsonl", "run.h5", "table.txt", "table.csv", "shards/small-hire.h5",
                "sheet.png",
                "variants/small-hire/model.safetensors", "variants/none/predictions.jsonl",
            ] {
                #expect(try SystemFileSystem().exists(folder + "/" + name), "\(name)")
            }
        }
    }

    @Test("What is misspelt is refused with the nearest name")
    func mistakes() throws {
        for (source, expected) in [
            ("hire.train.run(model, task, { stpes = 2 })", "steps"),
            (
                "hire.study.ablation { task = task, variants = { 'none' }, training = { imgs = 2 } }",
                "images"
            ),
            (
                "hire.study.ablation { task = task, recipe = model.recipe, variants = { 'non' } }",
                "'none'"
            ),
            ("hire.study.ablation { variants = { 'none' } }", "task"),
            ("model:capture(task:image(1), 'encodr.output')", "encoder"),
            ("model:set_enricher('hrie')", "'hire'"),
            ("hire.task.load('shaps')", "'shapes'"),
            ("model:ask(task:image(1), 'What is gren?')", "green"),
            ("task:image(99)", "from 1 to 4"),
            ("model:high_resolution(task:image(1))", "'none'"),
        ] {
            let text = try message(source)
            #expect(text.contains(expected), "\(source): \(text)")
        }
    }
}

/// A host that keeps what scripts print and computes on the reference back-end.
private final class Host: ScriptHost {
    let context = Context(backend: ReferenceBackend(), seed: 7)
    var catalog: PluginCatalog
    let outputFolder: String
    let isSmoke = true
    let arguments: [String] = []
    private(set) var printed = ""

    init(_ folder: String) throws {
        outputFolder = folder
        catalog = try BuiltinPlugins.catalog()
    }

    func shapesContext() -> Context { Context(backend: ShapesBackend()) }
    func write(_ text: String) { printed += text }
    func show(png: [UInt8], path: String) {}
    func progress(_ title: String, total: Int) -> any ScriptProgress {
        RunMonitor.silent.progress(title, total)
    }
    func checkInterrupt() throws {}
}
