import HireFiles
import HireTestSupport
import Testing

extension ScriptTests {
    @Test("Captures in Lua: options, functions, edits, plans, files")
    func captures() throws {
        try withTemporaryFolder { folder in
            _ = try run(
                ScriptTests.model + """
                    local image, question = task:image(1), task:sample(1).question
                    local state, attention = "language_model.model.layers.0.output",
                      "language_model.model.layers.0.self_attn.probabilities"
                    local seen, about = model:capture(image, {
                      "encoder.**", "!encoder.layers.**",
                      { state, tokens = "image", dtype = "bf16" },
                      { attention, tokens = { 2, 1 }, queries = "last", heads = 2 },
                    }, { question = question })
                    assert(seen["encoder.output"] and not seen["encoder.layers.0.output"])
                    assert(seen[state]:size(2) == 4 and about.stopped_after == state)
                    assert(#about.notes == 0)
                    local whole = model:capture(image, { attention }, { question = question })[attention]
                    local part, T = seen[attention], whole:size(3)
                    assert(part:size(2) == 1 and part:size(3) == 1 and part:size(4) == 2)
                    assert(part:at(1, 1, 1, 1) == whole:at(1, 2, T, 2) and part:at(1, 1, 1, 2) == whole:at(1, 2, T, 1))
                    -- Functions narrow what the globs chose; alone they choose among everything.
                    local some = model:capture(image, function(name) return name == "encoder.output" end)
                    assert(some["encoder.output"] and not some["projector.output"])
                    some = model:capture(image, { { "encoder.**", where = function(n) return n:find("norm1") end } })
                    assert(some["encoder.layers.0.layer_norm1.output"] and not some["encoder.output"])
                    -- Several pictures at once, and reductions.
                    local two = model:capture({ image, task:image(2) }, {
                      { "encoder.output", reduce = "mean" }, { "projector.output", reduce = { top_k = 2 } } })
                    assert(two["encoder.output"]:size(1) == 2 and two["encoder.output"]:size(2) == 8)
                    assert(two["projector.output.values"]:size(3) == 2)
                    assert(two["projector.output.indices"].dtype == "int32")
                    -- An edit goes on with what it gives, and sees which sample it is.
                    local told
                    local plain = model:ask(image, question, { maximum_tokens = 2, capture = "projector.output" })
                    local _, changed, info = model:ask(image, question, { maximum_tokens = 2, capture = "projector.output",
                      edits = { ["enricher.output"] = function(map, info) told = info; return map * 0 end } })
                    assert(told.name == "enricher.output" and told.index == 1)
                    local _, zero = model:ask(image, question, { maximum_tokens = 2, capture = "projector.output" })
                    assert(changed["projector.output"]:sub(zero["projector.output"]):abs():amax():item() > 0)
                    -- Plans know what files hold.
                    local plan = model:capture_plan { capture = { "encoder.output", { state, tokens = "image" } },
                      question = question, samples = 10 }
                    assert(plan.bytes == 10 * 4 * (8 * 4 + 4 * 16) and plan.fits and #plan.arrays == 2)
                    local _, handles, files = model:ask(image, question, { maximum_tokens = 2,
                      capture = { "encoder.output", { "enricher.output", dtype = "f16" } }, to = "\(folder)/one" })
                    local values = handles["encoder.output"]:read()
                    assert(values:sub(model:capture(image, "encoder.output")["encoder.output"]):abs():amax():item() == 0)
                    assert(handles["enricher.output"].dtype == "f16" and files.files[1] == "\(folder)/one/capture.h5")
                    local file = hire.hdf5.open(files.files[1])
                    assert(file:read("act/encoder/output"):size(2) == 8)
                    """, in: folder)
        }
    }

    @Test("Captures that make no sense are refused in a sentence")
    func captureMistakes() throws {
        let ask = { (capture: String) in
            "model:ask(task:image(1), task:sample(1).question, { maximum_tokens = 1, capture = \(capture) })"
        }
        for (source, expected) in [
            (ask("{ 'encoder.outptu' }"), "'encoder.output'"),
            (ask("{ '!encoder.output' }"), "earlier patterns chose"),
            (ask("{ 'encoder.output', '!enricher.output' }"), "removes nothing"),
            (ask("{ 'encoder.output', tokens = 'image' }"), "stand in a table with it"),
            (ask("{ { 'encoder.output', token = 'image' } }"), "'tokens'"),
            (ask("{ { tokens = 'image' } }"), "names no point"),
            (ask("{ { 'encoder.output', tokens = 'middle' } }"), "\"last\""),
            (ask("{ { 'encoder.output', heads = { 1 } } }"), "channel, row, column"),
            (ask("{ { 'encoder.output', channels = { 9 } } }"), "from 1 to 8, got 9"),
            (ask("{ { 'encoder.output', channels = { 0 } } }"), "counted from 1"),
            (ask("{ { 'encoder.output', reduce = { top_k = 0 } } }"), "top_k = k"),
            (ask("{ { 'encoder.output', reduce = { pca = 9 } } }"), "from 1 to 8"),
            (ask("{ { 'encoder.output', dtype = 'f64' } }"), "'f64'"),
            (ask("{ { 'encoder.output', every = 0 } }"), "from 1"),
            (ask("{ { 'language_model.output', tokens = 'image' } }"), "positions"),
            (ask("{ function() return false end }"), "chose none"),
            (
                "model:capture(task:image(1), 'language_model.model.layers.0.output')",
                "none is given"
            ),
            (
                "model:ask(task:image(1), task:sample(1).question, { edits = { ['encoder.output'] = 1 } })",
                "must be a function"
            ),
            (
                "model:ask(task:image(1), task:sample(1).question, { maximum_tokens = 1, edits = { ['encoder.output'] "
                    + "= function(t) return t:reshape({ -1 }) end } })", "as it was given"
            ),
            (
                "model:ask(task:image(1), task:sample(1).question, { maximum_tokens = 1, to = 'x' })",
                "to needs capture"
            ),
        ] {
            let text = try message(source)
            #expect(text.contains(expected), "\(source): \(text)")
        }
    }
}
