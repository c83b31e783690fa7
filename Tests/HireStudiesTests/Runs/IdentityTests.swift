import HireCPU
import HireFiles
import HireLua
import HireTensor
import HireTestSupport
import HireVLM
import Testing

@testable import HireStudies

/// Whatever determines numbers is part of an item's id, and nothing else is: results are taken over if, and only if, ids
/// are equal.
@Suite("What ids are made of")
struct IdentityTests {
    /// Everything that a study can depend on.
    struct Inputs {
        var source: String
        var script: String? = "text of the script"
        var arguments: [String] = []
        var isSmoke = false
        var seed: UInt64 = 7
        var determinism = Determinism.repeatable
        var rounding = BFloat16Products.exact
        var files: [String: String] = [
            "helper.lua": "return { f = function(x) return x end }",
            "gain.lua": "return 1",
            "one/plug.lua": IdentityTests.plugin("first", "input.base"),
            "two/plug.lua": IdentityTests.plugin("second", "input.base"),
        ]

        mutating func replace(_ old: String, _ new: String) {
            precondition(source.contains(old), "\(old) is not in the script")
            source = source.replacing(old, with: new)
        }
    }

    typealias Change = (name: String, change: (inout Inputs) -> Void)

    private static func plugin(_ id: String, _ result: String) -> String {
        """
        local hire, gain = require "hire", require "gain"
        return hire.enricher {
          id = "\(id)", summary = "Gives what it gets.", config = { gain = 1.0 },
          new = function(self, config, host) self.output_channels = host.channels end,
          forward = function(self, input) return \(result) end,
        }
        """
    }

    private func ids(_ inputs: Inputs, in folder: String) throws -> [String: String] {
        let random = String(UInt64.random(in: .min ... .max), radix: 36)
        for (name, text) in inputs.files {
            let path = FilePath.join(folder, name)
            try SystemFileSystem().makeFolders(FilePath.folder(of: path))
            try AtomicWriter().write(text, to: path)
        }
        let host = try ScriptHostForTests("\(folder)/runs/\(random)")
        host.context = Context(
            backend: CPUBackend(threads: 1, bfloat16Products: inputs.rounding), seed: inputs.seed,
            determinism: inputs.determinism)
        host.arguments = inputs.arguments
        host.isSmoke = inputs.isSmoke
        host.studyRequest.script = inputs.script.map {
            StudyRequest.ScriptText(path: "case.lua", text: $0)
        }
        let state = try LuaState(host: host)
        defer { state.close() }
        try state.install(LibraryList.all)
        try state.run(
            "hire = require 'hire'; package.path = '\(folder)/?.lua;' .. package.path",
            name: "setup.lua")
        for name in ["one/plug.lua", "two/plug.lua"] {
            try LuaPluginLoader().load(FilePath.join(folder, name), into: state)
        }
        try state.run(inputs.source, name: "case.lua")
        let manifest = try #require(try RunFolder(host.outputFolder).manifest())
        return Dictionary(uniqueKeysWithValues: manifest.items.map { ($0.label, $0.id) })
    }

    private func check(_ inputs: Inputs, other: [Change], same: [Change]) throws {
        try withTemporaryFolder { folder in
            let expected = try ids(inputs, in: folder)
            #expect(try ids(inputs, in: folder) == expected)
            for (name, change) in other {
                var changed = inputs
                change(&changed)
                let found = try ids(changed, in: folder)
                #expect(
                    !Set(found.values).isSuperset(of: expected.values),
                    "\(name): results would be taken over")
            }
            for (name, change) in same {
                var changed = inputs
                change(&changed)
                let found = try ids(changed, in: folder)
                #expect(
                    Set(found.values).isSuperset(of: expected.values),
                    "\(name): results would not be taken over")
            }
        }
    }

    private static var surroundings: [Change] {
        [
            ("determinism", { $0.determinism = .invariant }),
            ("bfloat16", { $0.rounding = .rounded }),
            ("plugin", { $0.files["one/plug.lua"]? += " -- changed" }),
            ("module of a plugin", { $0.files["gain.lua"] = "return 2" }),
        ]
    }

    @Test("Of a sweep", arguments: [false, true])
    func sweep(hasScript: Bool) throws {
        var inputs = Inputs(
            source: """
                local helper = require "helper"
                local width, nested = 2, { deep = { 1, 2 }, name = "a" }
                local function scale(x) return x * level end
                level = 5
                calls = 0
                hire.study.sweep { axes = { k = { 1 } }, seeds = { 1 }, run = function(p)
                  return { m = helper.f(p.k) + width + nested.deep[1] + scale(1) }
                end }
                """)
        if !hasScript { inputs.script = nil }
        var other: [Change] = [
            ("axis", { $0.replace("k = { 1 }", "k = { 2 }") }),
            ("seed", { $0.replace("seeds = { 1 }", "seeds = { 2 }") }),
            ("function", { $0.replace("+ width", "- width") }),
            ("upvalue", { $0.replace("= 2, {", "= 3, {") }),
            ("kind of a number", { $0.replace("= 2, {", "= 2.0, {") }),
            ("table", { $0.replace("{ 1, 2 }", "{ 1, 3 }") }),
            ("text in a table", { $0.replace("\"a\"", "\"b\"") }),
            ("called function", { $0.replace("x * level", "x + level") }),
            ("global of a called function", { $0.replace("level = 5", "level = 6") }),
            ("module", { $0.files["helper.lua"]? += " -- changed" }),
            ("arguments", { $0.arguments = ["--steps", "2"] }), ("smoke", { $0.isSmoke = true }),
            ("seed of the script", { $0.seed = 8 }),
            ("second of two plugins", { $0.files["two/plug.lua"]? += " -- changed" }),
        ]
        if hasScript { other.append(("script", { $0.script = "other text" })) }
        try check(
            inputs, other: other + Self.surroundings,
            same: [
                ("a global that nothing reads", { $0.replace("calls = 0", "calls = 1") }),
                ("another point", { $0.replace("k = { 1 }", "k = { 1, 2 }") }),
            ])
    }

    private static let parts = """
        task = hire.task.load { id = "shapes", train_images = 4, test_images = 3, size = 16 }
        recipe = {
          preprocessing = { high_resolution = 16, low_resolution = 8 },
          encoder = { id = "small-vit", resolution = 8, patch = 4, width = 8, layers = 1, heads = 2, hidden = 16 },
          language_model = { id = "small-llama", width = 16, layers = 1, heads = 2, kv_heads = 2, hidden = 32 },
        }
        local offset = 1
        hire.enricher {
          id = "inline", summary = "Gives what it gets.", config = { gain = 1.0 },
          new = function(self, config, host) self.output_channels = host.channels end,
          forward = function(self, input) local unused = offset; return input.base end,
        }:register()

        """

    @Test("Of an ablation", arguments: ["first", "inline"])
    func ablation(enricher: String) throws {
        let inputs = Inputs(
            source: Self.parts + """
                hire.study.ablation { task = task, recipe = recipe, variants = { "\(enricher)" },
                  training = { steps = 1, images = 1, warmup = 0 }, evaluation = { images = 1 } }
                """)
        var other: [Change] = [
            ("option", { $0.replace("steps = 1", "steps = 2") }),
            ("seed", { $0.replace("task = task,", "task = task, seeds = { 2 },") }),
            ("data", { $0.replace("size = 16 }", "size = 16, seed = 9 }") }),
            ("recipe", { $0.replace("width = 8,", "width = 4,") }),
        ]
        var same: [Change] = [
            ("arguments", { $0.arguments = ["x"] }), ("seed of the script", { $0.seed = 8 }),
            ("another plugin", { $0.files["two/plug.lua"]? += " -- changed" }),
        ]
        if enricher == "inline" {
            other += [
                (
                    "code",
                    { $0.replace("return input.base end", "local more = 1; return input.base end") }
                ),
                ("upvalue", { $0.replace("offset = 1", "offset = 2") }),
                ("script", { $0.script = "other text" }),
            ]
            other += Self.surroundings.filter { $0.name != "plugin" }
        } else {
            same.append(("script", { $0.script = "other text" }))
            other += Self.surroundings
        }
        try check(inputs, other: other, same: same)
    }

    @Test("Of a capture", arguments: ["first", "inline"])
    func capture(enricher: String) throws {
        let inputs = Inputs(
            source: Self.parts + """
                recipe.enricher = "\(enricher)"
                local pipeline = hire.pipeline.build(recipe, { task = task })
                hire.study.capture { pipeline = pipeline, images = { task:image(1) },
                  capture = { "encoder.output" } }
                """)
        var other: [Change] = [
            ("picture", { $0.replace("task:image(1)", "task:image(2)") }),
            ("points", { $0.replace("\"encoder.output\"", "\"enricher.output\"") }),
            ("question", { $0.replace("images = { task", "question = 'what?', images = { task") }),
            ("weights", { $0.seed = 8 }),
        ]
        var same: [Change] = [("arguments", { $0.arguments = ["x"] })]
        if enricher == "inline" {
            other += [
                (
                    "code",
                    { $0.replace("return input.base end", "local more = 1; return input.base end") }
                ),
                ("script", { $0.script = "other text" }),
            ]
            other += Self.surroundings.filter { $0.name != "plugin" }
        } else {
            same.append(("script", { $0.script = "other text" }))
            other += Self.surroundings
        }
        try check(inputs, other: other, same: same)
    }

    @Test("Files that a recipe names count by their bytes")
    func recipeFiles() throws {
        try withTemporaryFolder { folder in
            let small = try SmallStudy()
            var recipe = Recipe()
            recipe.tokenizer = PluginChoice("pretrained", ["path": .string(folder)])
            func digests() throws -> JSONObject {
                try PluginSources.digests(of: recipe, small.catalog, script: nil)
            }
            try AtomicWriter().write("{}", to: folder + "/tokenizer.json")
            let before = try digests()
            #expect(before.keys == ["tokenizer pretrained path"])
            #expect(try digests() == before)
            try AtomicWriter().write("{ }", to: folder + "/tokenizer.json")
            #expect(try digests() != before)
        }
    }
}
