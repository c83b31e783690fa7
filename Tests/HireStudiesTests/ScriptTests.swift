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
    static let model = """
        task = hire.task.load { id = "shapes", train_images = 8, test_images = 4, size = 16 }
        model = hire.pipeline.build({
          preprocessing = { high_resolution = 16, low_resolution = 8 },
          encoder = { id = "small-vit", resolution = 8, patch = 4, width = 8, layers = 1, heads = 2, hidden = 16 },
          language_model = { id = "small-llama", width = 16, layers = 1, heads = 2, kv_heads = 2, hidden = 32 },
        }, { task = task, seed = 3 })
        small = { id = "hire", widths = { 4, 4 }, bottleneck = 4, convolutions = 1, key_size = 4, radius = 1 }
        """

    func run(_ source: String, in folder: String) throws -> (
        values: [ScriptValue], host: ScriptHostForTests
    ) {
        let host = try ScriptHostForTests(folder)
        let state = try LuaState(host: host)
        try state.install(LibraryList.all)
        try state.run("hire = require 'hire'", name: "setup.lua")
        return (try state.run(source, name: "case.lua"), host)
    }

    func message(_ source: String) throws -> String {
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
                    assert(#changed.initialised > 0)
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
            let run = RunFolder(folder)
            let items = try run.contents().items.map(\.item.folder)
            for name in [
                "study.json", "run.h5", "table.txt", "table.csv", "sheet.png",
                items[1] + "/features-00001.h5", items[1] + "/model.safetensors",
                items[0] + "/predictions.jsonl", items[0] + "/history.csv",
                items[0] + "/measured.csv", items[2] + "/predictions.jsonl",
            ] {
                #expect(try SystemFileSystem().exists(folder + "/" + name), "\(name)")
            }
            #expect(try run.contents().orphans().isEmpty)
        }
    }

    /// A call of `high_resolution` with options, and a small map for pictures of maps.
    private func high(_ options: String) -> String {
        "model:set_enricher(small); model:high_resolution(task:image(1), \(options))"
    }

    @Test("Parts of the fine map, their files and pictures")
    func fineMaps() throws {
        try withTemporaryFolder { folder in
            let (values, _) = try run(
                ScriptTests.model + """
                    model:set_enricher(small)
                    local images = { task:image(1), task:image(2) }
                    local whole = model:high_resolution(images)
                    local part = model.enricher:high_resolution(images, { channels = { 3, -1 }, region = { 2, 5, 9, 8 } })
                    local function same(a, b) return (a - b):abs():amax():item() end
                    local cut = whole:slice(3, 2, 10):slice(4, 5, 12)
                    assert(same(part:slice(2, 1, 1), cut:slice(2, 3, 3)) == 0)
                    assert(same(part:slice(2, 2, 2), cut:slice(2, 8, 8)) == 0)
                    local high, low = model:views(images)
                    local base = model.encoder(low)
                    assert(same(model.enricher:high_resolution(base, { high = high }), whole) == 0)
                    local coordinates, basis = model:high_resolution(images, { pca = 3 })
                    assert(same(coordinates, basis:project(whole)) < 1e-4)
                    assert(#basis:images(coordinates, { projected = true }) == 2)
                    assert(same(model:high_resolution(images, { pca = basis }), coordinates) == 0)
                    local written = model:high_resolution(images, { to = "\(folder)/new/map.h5", dtype = "float16" })
                    local file = hire.hdf5.open(written.path)
                    assert(same(file:read("map"):to("float32"), whole) < 5e-3 and #written.files == 1)
                    local _, own = model:high_resolution(images, { to = "\(folder)/pca.h5", pca = 3 })
                    assert(hire.hdf5.open("\(folder)/pca.h5"):read("basis/directions"):size(2) == 8 and own.count == 3)
                    model:high_resolution(images[1], { to = "\(folder)/pca.png", pca = 3 })
                    model:high_resolution(images[1], { to = "\(folder)/one.png", channels = 2 })
                    return hire.image.open("\(folder)/pca.png").width, hire.image.open("\(folder)/one.png").width
                    """, in: folder)
            guard case .integer(32) = values[0], case .integer(32) = values[1] else {
                Issue.record("\(values)")
                return
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
            (
                "model.enricher(hire.tensor.randn { 1, 8, 2, 2 }, hire.tensor.randn { 3, 16 })",
                "[1,3,R,R]"
            ),
            (
                "model.enricher(hire.tensor.randn { 2, 8, 2, 2 }, hire.tensor.randn { 1, 3, 16, 16 })",
                "[2,3,R,R]"
            ),
            (
                "hire.picture.similarity(hire.tensor.randn { 1, 4, 3, 3 }, 1, { high = math.huge, bar = true })",
                "finite"
            ),
            ("hire.cost.model(model, { text_tokens = 10 ^ 12 // 1 | 0 })", "text_tokens"),
            (high("{ channels = { 9 } }"), "from 1 to 8"),
            (high("{ region = { 1, 1, 3 } }"), "height"),
            (high("{ region = { 30, 1, 4, 4 } }"), "32x32"),
            (high("{ limit = 0 }"), "channels = {"),
            (high("{ pca = 9 }"), "from 1 to 8"),
            (high("{ region = { 1, 1, math.maxinteger, 2 } }"), "height"),
            (high("{ limit = math.maxinteger }"), "MiB"),
            (high("{ pca = 2, channels = 1 }"), "not both"),
            (high("{ to = 'map.npy' }"), ".h5"), (high("{ to = 'map.png' }"), "pca = 3"),
            ("model.encoder:high_resolution(task:image(1))", "only the enricher"),
            ("hire.picture.similarity(map, { 2, 0 })", "from 0 to 1"),
            ("hire.picture.similarity(map, 17)", "from 1 to 16"),
            ("hire.picture.overlay(task:image(1), map, { alpha = 2 })", "from 0 to 1"),
            ("hire.picture.difference(map, map, { channel = 3 })", "from 1 to 2"),
            ("hire.picture.attention(task:image(1), hire.tensor.ones({ 1, 1, 3, 3 }))", "grid = {"),
            (
                "hire.picture.attention(task:image(1), map, { grid = { 2, 2 }, head = 5 })",
                "from 1 to 2"
            ),
            ("hire.picture.sheet({ { task:image(1) } }, { bars = { { low = 1 } } })", "colours"),
        ] {
            let text = try message("map = hire.tensor.randn({ 1, 2, 4, 4 }); " + source)
            #expect(text.contains(expected), "\(source): \(text)")
        }
    }
}

/// A host that keeps what scripts print and computes on the reference back-end.
final class ScriptHostForTests: ScriptHost {
    var context = Context(backend: ReferenceBackend(), seed: 7)
    var catalog: PluginCatalog
    let outputFolder: String
    var isSmoke = true
    var arguments: [String] = []
    private var claims: [String: String] = [:]
    var studyRequest = StudyRequest()
    private(set) var failedItems = 0
    private(set) var printed = ""

    init(_ folder: String) throws {
        outputFolder = folder
        catalog = try BuiltinPlugins.catalog()
    }

    func shapesContext() -> Context { Context(backend: ShapesBackend()) }
    func making<R>(in context: Context, _ body: () throws -> R) rethrows -> R {
        let before = self.context
        self.context = context
        defer { self.context = before }
        return try body()
    }
    func note(failedItems count: Int) { failedItems += count }
    func claim(_ folder: String, for study: String) -> Bool {
        let other = claims[folder] ?? study
        claims[folder] = other
        return other == study
    }
    func write(_ text: String) { printed += text }
    func show(png: [UInt8], path: String) {}
    func progress(_ title: String, total: Int) -> any ScriptProgress {
        RunMonitor.silent.progress(title, total)
    }
    func checkInterrupt() throws {}
}
