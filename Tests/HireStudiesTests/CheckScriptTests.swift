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

@Suite("Swaps, dry runs and checks of numbers in Lua")
struct CheckScriptTests {
    private static let setup = """
        task = hire.task.load { id = "shapes", train_images = 8, test_images = 4, size = 16 }
        recipe = {
          preprocessing = { low_resolution = 8 },
          encoder = { id = "small-vit", resolution = 8, patch = 4, width = 8, layers = 1, heads = 2, hidden = 16 },
          language_model = { id = "small-llama", width = 16, layers = 1, heads = 2, kv_heads = 2, hidden = 32 },
        }
        function model() return hire.pipeline.build(recipe, { task = task, seed = 3 }) end
        small = { id = "hire", widths = { 4, 4 }, bottleneck = 4, convolutions = 1, key_size = 4, radius = 1 }
        hire.enricher({ id = "peeks", summary = "Looks at values.", forward = function(self, input)
          if input.base:map():sum():item() > 1e9 then error("large") end
          return input.base
        end }):register()
        hire.enricher({ id = "spoils", summary = "Gives NaN.", config = { on = true },
          new = function(self, config) self.on = config.on end,
          forward = function(self, input)
            local map = input.base:map()
            if not self.on then return map end
            local zero = map - map
            return zero / zero
          end }):register()
        hire.enricher({ id = "behind", summary = "E(i) comes last.",
          new = function(self, config, host)
            self.output_channels = host.channels + 3
            self.base_channel = 4
          end,
          forward = function(self, input)
            return hire.tensor.cat({ input.image.low:adaptive_avg_pool2d({ 2, 2 }), input.base:map() }, { dim = 2 })
          end }):register()
        """

    private func run(_ source: String) throws -> String {
        var printed = ""
        try withTemporaryFolder { folder in
            let host = try StandardHost(
                context: Context(backend: ReferenceBackend(), seed: 7),
                shapesContext: { Context(backend: ShapesBackend()) },
                catalog: BuiltinPlugins.catalog(), outputFolder: folder + "/run",
                output: Collector { printed += $0 })
            let state = try LuaState(host: host)
            try state.install(LibraryList.all)
            try state.run("hire = require 'hire'; folder = '\(folder)'", name: "setup.lua")
            try state.run(Self.setup, name: "model.lua")
            try state.run(source, name: "case.lua")
            #expect(try !SystemFileSystem().exists(folder + "/run"))
        }
        return printed
    }

    private struct Collector: ScriptOutput {
        let add: (String) -> Void
        func write(_ text: String) { add(text) }
        func show(png: [UInt8], path: String) {}
        var progressStyle: ProgressBar.Style { .lines }
    }

    @Test("A swap is chosen, reported and refused from Lua")
    func swaps() throws {
        let printed = try run(
            """
            local m = model()
            local report = m:set_enricher(small, {}, { columns = "keep", high_resolution = 32 })
            assert(report.resized[1] == "projector.0.weight" and #report.loaded == 0)
            assert(#report.initialised > 5 and #report.kept == 3 and #report.dropped == 0)
            assert(m.recipe.preprocessing.high_resolution == 32)
            print(report)
            m:save(folder .. "/trained")
            local other = model()
            local loaded = other:set_enricher(small, {}, { weights = folder .. "/trained", strict = true })
            assert(#loaded.initialised == 0 and #loaded.loaded > 5 and #loaded.left_over == 0)
            local behind = other:set_enricher("behind", {}, { columns = "zero" })
            assert(behind.resized[1] == "projector.0.weight" and #behind.dropped > 5)
            local weight = other:parameters("projector.0.weight")[1]
            assert(weight.shape[2] == 11)
            for _, case in ipairs {
              { "none", { columns = "refuse" }, "gives 8 channels, but the projector was made for the 11" },
              { "none", { strict = true }, "weights" },
              { "none", { columns = "fersh" }, "fresh" },
              { "none", { weights = folder .. "/nothing" }, "no such file" },
              { "none", { high_resolution = -1 }, "high_resolution" },
              { small, { weights = folder .. "/trained", seed = -1 }, "seed" },
            } do
              local ok, err = pcall(other.set_enricher, other, case[1], {}, case[2])
              assert(not ok and tostring(err):find(case[3], 1, true), tostring(err))
              assert(other.recipe.enricher.id == "behind")
            end
            """)
        #expect(
            printed.contains(
                "enricher 'none' -> 'hire': the projector reads 16 channels, before 8; high view of 32 px"
            ))
        #expect(
            printed.contains(
                "resized      projector.0.weight: 8 columns of E(i) kept, 8 new, 0 gone"))
    }

    @Test("Recipes are checked alone, in lists and before long work")
    func checks() throws {
        _ = try run(
            """
            assert(#hire.pipeline.check(recipe) == 0 and #hire.pipeline.check({}) == 0)
            local function with(changes)
              local copy = {}
              for key, value in pairs(recipe) do copy[key] = value end
              for key, value in pairs(changes) do copy[key] = value end
              return copy
            end
            local list = { recipe, with { enricher = "hrie" }, with { enricher = "peeks" }, with { encodr = "x" } }
            local found = hire.pipeline.check(list, { task = task })
            assert(#found == 3, table.concat(found, "\\n"))
            assert(found[1]:find("recipes[2]: ", 1, true) and found[1]:find("'hire'", 1, true), found[1])
            -- The line that looks at a value is named.
            assert(found[2]:find("recipes[3]: enricher: model.lua:10: ", 1, true), found[2])
            assert(found[2]:find("only shapes are being computed", 1, true), found[2])
            assert(found[3]:find("recipes[4]: ", 1, true) and found[3]:find("encoder", 1, true), found[3])

            local ok, err = pcall(hire.study.ablation, {
              task = task, recipe = recipe, training = { steps = 1, images = 2, warmup = 0 },
              variants = { "none", "bicubic", { enricher = small }, "hrie", { name = "x", projector = "mpl" }, "peeks" },
            })
            local text = tostring(err)
            assert(not ok and text:find("4 problems were found", 1, true), text)
            assert(text:find("1. variants[3]: ", 1, true) and text:find("needs a 'name'", 1, true), text)
            assert(text:find("2. variants[4] 'hrie': ", 1, true) and text:find("'hire'", 1, true), text)
            assert(text:find("3. variants[5] 'x': ", 1, true) and text:find("'mlp'", 1, true), text)
            assert(text:find("4. variants[6] 'peeks': enricher: model.lua:10: ", 1, true), text)

            -- What only a dry run cannot do does not stop real work.
            recipe.enricher = "peeks"
            local m = model()
            hire.train.run(m, task, { steps = 1, images = 2, warmup = 0 })
            recipe.enricher = "none"
            recipe.language_model.max_positions = 8
            local short = model()
            for _, work in ipairs { hire.train.run, hire.evaluate.run } do
              local ok, err = pcall(work, short, task)
              assert(not ok and tostring(err):find("max_positions", 1, true), tostring(err))
            end
            """)
    }

    @Test("The line of Lua that made NaN is named, and a picture with infinity")
    func finite() throws {
        _ = try run(
            """
            recipe.enricher = "spoils"
            local m = model()
            local image = task:image(1)
            local question = task:sample(1).question
            local ok, err = pcall(m.ask, m, image, question, { maximum_tokens = 1 })
            assert(not ok and tostring(err):find("logits", 1, true), tostring(err))
            assert(hire.check_finite(true) == false)
            ok, err = pcall(m.ask, m, image, question, { maximum_tokens = 1 })
            local text = tostring(err)
            assert(not ok and text:find("enricher: the output [1, 8, 2, 2] is not finite", 1, true), text)
            assert(text:find("32 of 32 numbers, the first at [1, 1, 1, 1] is NaN", 1, true), text)
            assert(text:find("model.lua:19: ", 1, true), text)
            assert(err.path == "enricher", err.path)
            m:set_enricher("spoils", { on = false })
            m:ask(image, question, { maximum_tokens = 1 })
            -- A picture that is not finite is not blamed on the encoder.
            local _, low = m:views(image)
            local ok, err = pcall(m.encoder, low / 0)
            assert(not ok and tostring(err):find("encoder: the input", 1, true), tostring(err))
            assert(tostring(err):find("given from outside", 1, true), tostring(err))
            assert(hire.check_finite(false) == true)
            m.encoder(low / 0)
            -- Training always says where.
            m:set_enricher("spoils")
            local ok, err = pcall(hire.train.run, m, task, { steps = 2, images = 2, warmup = 0 })
            local text = tostring(err)
            assert(not ok and text:find("step 1: the loss is NaN", 1, true), text)
            assert(text:find("enricher: the output [2, 8, 2, 2]", 1, true), text)
            assert(text:find("model.lua:19: ", 1, true), text)
            """)
    }
}
