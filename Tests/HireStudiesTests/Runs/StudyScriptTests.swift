import HireFiles
import HireLua
import HireStudies
import HireTestSupport
import HireVLM
import Testing

@Suite("Studies in Lua")
struct StudyScriptTests {
    private static let small = """
        task = hire.task.load { id = "shapes", train_images = 6, test_images = 3, size = 16 }
        recipe = {
          preprocessing = { high_resolution = 16, low_resolution = 8 },
          encoder = { id = "small-vit", resolution = 8, patch = 4, width = 8, layers = 1, heads = 2, hidden = 16 },
          language_model = { id = "small-llama", width = 16, layers = 1, heads = 2, kv_heads = 2, hidden = 32 },
        }
        training = { steps = 1, images = 2, warmup = 0 }
        """

    private static let sweep = """
        calls = 0
        study = hire.study.sweep {
          axes = { width = { 2, 3 }, name = { "a" } },
          seeds = { 1, 2 },
          run = function(point, run)
            calls = calls + 1
            local x = hire.tensor.randn { point.width }
            local file <close> = assert(io.open(point.folder .. "/notes.txt", "w"))
            file:write(point.label, " ", run.id)
            return { mean = x:mean():item(), name = point.name, good = point.seed == 1,
              samples = { 1, { id = "second", grade = 0.5 } } }, { waited = 0.25 }
          end,
        }
        """

    private func run(
        _ source: String, in folder: String, script: String? = nil,
        _ change: (inout StudyRequest) -> Void = { _ in }
    ) throws -> (values: [ScriptValue], host: ScriptHostForTests) {
        let host = try ScriptHostForTests(folder)
        change(&host.studyRequest)
        if let script {
            host.studyRequest.script = StudyRequest.ScriptText(path: "case.lua", text: script)
        }
        let state = try LuaState(host: host)
        try state.install(LibraryList.all)
        try state.run("hire = require 'hire'", name: "setup.lua")
        return (try state.run(source, name: "case.lua"), host)
    }

    private func failure(
        _ source: String, _ change: (inout StudyRequest) -> Void = { _ in }
    ) throws -> String {
        var text = "nothing was thrown"
        try withTemporaryFolder { folder in
            do {
                _ = try run(source, in: folder, change)
            } catch let error as LuaError {
                text = error.message
            }
        }
        return text
    }

    private static func override(_ key: String, _ values: [JSONValue]) -> StudyOverride {
        StudyOverride(key: key, values: values, text: "\(key)=…")
    }

    @Test("A sweep keeps metrics, samples, measurements and files, and calls nothing twice")
    func sweeps() throws {
        try withTemporaryFolder { folder in
            let check = """
                local results = study:results()
                assert(#results == 4 and results[1].metrics.name == "a")
                assert(results[1].metrics.good and not results[2].metrics.good)
                assert(results[1].measured.waited == 0.25 and results[1].axes.width == 2)
                assert(#study.items == 4 and study.items[1].state == "done" and #study.failed == 0)
                study:table():print()
                return calls
                """
            let (values, host) = try run(Self.sweep + check, in: folder)
            guard case .integer(4)? = values.first else {
                Issue.record("\(values)")
                return
            }
            #expect(
                host.printed.contains("percentage points over name=a width=2 on the same 2 samples")
            )
            let contents = try RunFolder(folder).contents()
            #expect(
                contents.manifest.kind == "sweep" && contents.manifest.axes == ["name", "width"])
            let record = try #require(contents.items[0].record)
            #expect(record.result?.measured["waited"] == 0.25)
            let place = contents.items[0].item.folder
            #expect(
                record.files.keys.sorted() == [place + "/notes.txt", place + "/predictions.jsonl"])
            let lines = String(
                decoding: try SystemFileSystem().readAll("\(folder)/\(place)/predictions.jsonl"),
                as: UTF8.self)
            #expect(lines == "{\"grade\":1,\"id\":\"1\"}\n{\"grade\":0.5,\"id\":\"second\"}\n")
            let (again, _) = try run(Self.sweep + check, in: folder)
            guard case .integer(0)? = again.first else {
                Issue.record("\(again)")
                return
            }
        }
    }

    @Test("Draws at a point depend on its seed alone")
    func draws() throws {
        try withTemporaryFolder { folder in
            func means(_ axes: String, in name: String) throws -> [String: JSONValue] {
                let source = """
                    hire.tensor.randn { 5 }
                    hire.study.sweep { axes = { width = \(axes) }, seeds = { 3 }, run = function(p)
                      return { m = hire.tensor.randn({ p.width }):mean():item() } end }
                    return hire.tensor.randn({ 1 }):item()
                    """
                _ = try run(source, in: folder + "/" + name)
                let items = try RunFolder(folder + "/" + name).contents().items
                return Dictionary(
                    uniqueKeysWithValues: items.map {
                        ($0.item.label, $0.result?.metrics["m"] ?? .null)
                    })
            }
            let forwards = try means("{ 2, 3, 4 }", in: "a")
            #expect(try means("{ 4, 3, 2 }", in: "b") == forwards)
            #expect(Set(forwards.values).count == 3)
        }
    }

    @Test("Another text of the script is a conflict; without a script the function itself counts")
    func changedScript() throws {
        try withTemporaryFolder { folder in
            _ = try run(Self.sweep, in: folder, script: "one")
            do {
                _ = try run(Self.sweep, in: folder, script: "two")
                Issue.record("Results of another script were taken over.")
            } catch let error as LuaError {
                #expect(error.message.contains("script is") && error.message.contains("--fresh"))
            }
            let text = String(
                decoding: try SystemFileSystem().readAll(folder + "/script.lua"), as: UTF8.self)
            #expect(text == "one")
            #expect(try RunFolder(folder).manifest()?.script?.path == "case.lua")
        }
        try withTemporaryFolder { folder in
            _ = try run(Self.sweep, in: folder)
            #expect(throws: LuaError.self) {
                _ = try run(Self.sweep.replacing("mean():item()", with: "sum():item()"), in: folder)
            }
        }
    }

    @Test("A stored script that was damaged is stored anew when the script runs again")
    func damagedScript() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/script.lua"
            _ = try run(Self.sweep, in: folder, script: "one")
            try AtomicWriter().write("two", to: path)
            #expect(try !RunVerification(RunFolder(folder)).isIntact)
            let again = try run(Self.sweep + "return calls", in: folder, script: "one")
            #expect(try again.values.map { try $0.json() } == [0])
            #expect(try SystemFileSystem().readAll(path) == Array("one".utf8))
            #expect(try RunVerification(RunFolder(folder)).isIntact)
        }
    }

    @Test("What a sweep's function returns is checked")
    func badReturns() throws {
        for (source, expected) in [
            ("return 3", "table of named values"), ("return { a = 0/0 }", "not a finite number"),
            ("return { a = {} }", "must be a number"), ("return { samples = 3 }", "must be a list"),
            ("return { samples = { 'x' } }", "samples[1]"), ("return {}, { a = 1/0 }", "finite"),
            ("return { samples = { { grade = 1/0 } } }", "finite"),
            ("error('at ' .. p.k)", "at 1"),
            ("return { samples = { { id = 'x' }, { id = 'x' } } }", "samples[2].id is 'x'"),
            ("return { samples = { { id = true } } }", "samples[1].id must be"),
            ("return { samples = { { id = 1, grade = 'a' } } }", "samples[1].grade"),
            ("return { samples = { 1, { id = 'x' } } }", "give all or none"),
        ] {
            let text = try failure(
                "hire.study.sweep { axes = { k = { 1 } }, run = function(p) \(source) end }")
            #expect(text.contains(expected), "\(source): \(text)")
        }
        for (source, expected) in [
            ("axes = { k = 1 }", "list of values"), ("axes = { k = {} }", "no values"),
            ("axes = { { 'k', { 1 } }, 3 }", "{ key, values }"),
            ("axes = { k = { 1 } }, points = { { k = 1 } }", "not both"),
            ("seeds = { 1 }, seed = 2", "not both"),
            ("points = { 3 }", "a table"), ("points = { {} }", "named values"),
            ("pairing = 'zipp'", "zip"), ("axes = { label = { 1 } }", "'label'"),
            ("axes = { folder = { 1 } }", "'folder'"), ("points = { { seed = 1 } }", "seeds = {"),
            ("seed = -1", "from 0"),
        ] {
            let text = try failure("hire.study.sweep { \(source), run = function() return {} end }")
            #expect(text.contains(expected), "\(source): \(text)")
        }
    }

    @Test("Lists on the command line may stand as a script would write them")
    func lists() throws {
        for seeds in [[1, 2, 3], [[1, 2, 3]]] as [[JSONValue]] {
            try withTemporaryFolder { folder in
                let source = """
                    local study = hire.study.sweep { axes = { k = { 1 } }, run = function(p) return { m = p.seed } end }
                    return #study.items
                    """
                let (values, _) = try run(source, in: folder) {
                    $0.overrides = [Self.override("seeds", seeds)]
                }
                guard case .integer(3)? = values.first else {
                    Issue.record("\(values)")
                    return
                }
            }
        }
    }

    @Test("Values on the command line replace, add axes, choose variants and seeds")
    func overrides() throws {
        try withTemporaryFolder { folder in
            let source =
                Self.small + """
                    study = hire.study.ablation { task = task, recipe = recipe, variants = { "none", "bicubic" },
                      training = training }
                    return #study.items, study.items[1].label, study.variants[1]
                    """
            let (values, _) = try run(source, in: folder) {
                $0.overrides = [
                    Self.override("training.steps", [1, 2]),
                    Self.override("variants", [["bicubic"]]),
                    Self.override("seed", [5]), Self.override("record_images", [1]),
                ]
                $0.capture = ["encoder.output"]
            }
            guard case .integer(2) = values[0],
                case .string("bicubic training.steps=1") = values[1],
                case .string("bicubic training.steps=1") = values[2]
            else {
                Issue.record("\(values)")
                return
            }
            let items = try RunFolder(folder).contents().items
            let json = items[1].item.configuration.json
            #expect(
                json["seed"] == 5 && json["training"]?["steps"] == 2 && json["record_images"] == 1)
            #expect(json["record"] == ["encoder.output"])
            #expect(
                try SystemFileSystem().exists("\(folder)/\(items[1].item.folder)/features-00001.h5")
            )
        }
        let ablation =
            Self.small
            + "hire.study.ablation { task = task, recipe = recipe, variants = { 'none' }, training = training }"
        for (key, value, expected) in [
            ("training.stps", 1, "training.steps"), ("variants", "nonne", "'none'"),
            ("seeds", -1, "from 0"),
            ("record_images", "x", "record_images"), ("training.steps", "x", "steps"),
        ] as [(String, JSONValue, String)] {
            let text = try failure(ablation) { $0.overrides = [Self.override(key, [value])] }
            #expect(text.contains(expected), "\(key): \(text)")
        }
        let text = try failure(Self.sweep) { $0.overrides = [Self.override("widht", [1])] }
        #expect(text.contains("'width'"), "\(text)")
    }

    @Test("--keep-going goes on in the script, which sees what failed")
    func keepGoing() throws {
        try withTemporaryFolder { folder in
            let (values, host) = try run(
                """
                local study = hire.study.sweep { axes = { k = { 1, 2, 3 } }, run = function(p)
                  if p.k == 2 then error("two is odd") end
                  return { k = p.k }
                end }
                return #study:results(), study.failed[1].label, study.failed[1].error
                """, in: folder
            ) { $0.keepsGoing = true }
            guard case .integer(2) = values[0], case .string("k=2") = values[1],
                case .string(let error) = values[2]
            else {
                Issue.record("\(values)")
                return
            }
            #expect(error.contains("two is odd") && host.failedItems == 1)
            let record = try RunFolder(folder).contents().item("k=2").record
            #expect(record?.error?.contains("case.lua:2") == true)
        }
    }

    @Test("A changed plugin written in Lua is a conflict that names its file")
    func plugin() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/copying.lua"
            let plugin = """
                local hire = require "hire"
                return hire.enricher {
                  id = "copying", summary = "Gives what it gets.", config = { gain = 1.0 },
                  new = function(self, config, host) self.output_channels = host.channels end,
                  forward = function(self, input) return input.base end,
                }
                """
            func study() throws {
                let host = try ScriptHostForTests(folder + "/run")
                let state = try LuaState(host: host)
                try state.install(LibraryList.all)
                try LuaPluginLoader().load(path, into: state)
                try state.run(
                    "hire = require 'hire'\n" + Self.small
                        + "hire.study.ablation { task = task, recipe = recipe, variants = { 'copying' }, training = training }",
                    name: "case.lua")
            }
            try AtomicWriter().write(plugin, to: path)
            try study()
            try study()
            try AtomicWriter().write(plugin + "-- changed\n", to: path)
            do {
                try study()
                Issue.record("A changed plugin went unnoticed.")
            } catch let error as LuaError {
                #expect(error.message.contains("copying.lua"), "\(error.message)")
            }
        }
    }

    @Test("A sweep keeps its own checkpoint.safetensors, its own seconds, and ids that are numbers")
    func ownNames() throws {
        try withTemporaryFolder { folder in
            let source = """
                hire.study.sweep { axes = { k = { 1, 2 } }, run = function(p)
                  local file <close> = assert(io.open(p.folder .. "/checkpoint.safetensors", "w"))
                  file:write("mine")
                  return { samples = { { id = 7, grade = 1 }, { id = 2.5, grade = 0 } } }, { seconds = 0.125 }
                end }:table():print()
                """
            for _ in 0..<2 { _ = try run(source, in: folder) }
            let contents = try RunFolder(folder).contents()
            for status in contents.items {
                let record = try #require(status.record)
                let name = status.item.folder + "/checkpoint.safetensors"
                #expect(status.state == .done && record.files[name]?.bytes == 4)
                #expect(try SystemFileSystem().exists(contents.folder.location(name)))
                #expect(record.result?.measured["seconds"] == 0.125)
                let lines = try SystemFileSystem().readAll(
                    contents.folder.location(status.item.folder + "/predictions.jsonl"))
                let grades = try SampleGrades(jsonLines: lines, source: "lines")
                #expect(grades.byID == ["7": 1, "2.5": 0])
            }
        }
    }

    @Test("A second study in the same folder of a script is an error that says what to do")
    func oneFolder() throws {
        try withTemporaryFolder { folder in
            let text = try failure(
                """
                for _ = 1, 2 do hire.study.sweep { axes = { k = { 1 } }, run = function(p) return { a = 1 } end } end
                hire.study.sweep { axes = { k = { 1 } }, run = function(p) return { a = 2 } end }
                """)
            #expect(
                text.contains("another study of this script") && text.contains("folder = "),
                "\(text)")
            let two = """
                hire.study.sweep { axes = { k = { 1 } }, run = function(p) return { a = 1 } end }
                hire.study.sweep { axes = { k = { 1 } }, folder = hire.output_folder() .. "/two",
                  run = function(p) return { a = 2 } end }
                """
            _ = try run(two, in: folder, script: two)
            #expect(try RunFolder(folder + "/two").manifest()?.script?.output == "..")
            #expect(try RunFolder(folder).manifest()?.script?.output == ".")
        }
    }
}
