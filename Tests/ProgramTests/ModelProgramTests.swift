import Foundation
import HireFiles
import HireNN
import HireReference
import HireTestSupport
import Testing

/// The verbs that load model folders, as a user types them.
@Suite struct ModelProgramTests {
    private let program = ProgramTests()
    private let model = goldenPath("llava/hf-clip-llama")
    private let picture = goldenPath("llava/picture.png")
    private let question = "What colour is this image?"

    private func json(_ text: String) throws -> JSONObject {
        try #require(try JSONParser.parse(text, source: "output").objectValue)
    }

    /// The ids that PyTorch generated.
    private func greedy(of folder: String) throws -> [Int] {
        let file = try SafetensorsFile.read(
            FilePath.join(folder, "golden.safetensors"), backend: ReferenceBackend())
        return try file.tensor("greedy").integers()
    }

    @Test func askAnswersInJSONWithTheIDsOfTransformers() throws {
        let result = try program.run([
            "ask", model, picture, question, "--max-tokens", "6", "--json",
        ])
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        let object = try json(result.output)
        #expect(object["ids"]?.arrayValue?.compactMap(\.intValue) == (try greedy(of: model)))
        #expect(object["tokens"] == 6 && object["prompt_tokens"]?.intValue ?? 0 > 20)
        #expect(object["answer"]?.stringValue?.isEmpty == false)
        #expect(object["seconds"]?.doubleValue ?? 0 > 0)
    }

    @Test func askShowsThePrompt() throws {
        let result = try program.run(["ask", model, picture, question, "--show-prompt"])
        #expect(result.output.hasPrefix("USER: <image>\n\(question) ASSISTANT:\n"))
        #expect(result.output.contains("4 image tokens"))
        let crops = try program.run([
            "ask", model, picture, question, "--show-prompt", "--enricher", "anyres",
        ])
        #expect(crops.output.contains(", 20 image tokens, "), "\(crops.output) \(crops.errors)")
        let other = try program.run([
            "ask", model, picture, "hi", "--show-prompt", "--template", "vicuna_v1",
        ])
        #expect(other.output.hasPrefix("A chat between a curious user"))
    }

    @Test func mistakesAreSentencesWithTheirStatus() throws {
        let pickles = goldenPath("llava/original-bin")
        let tower = goldenPath("llava/tower")
        for (arguments, status, part) in [
            (["ask", model, picture, "x", "--enricher", "hrie"], 78, "'hire'"),
            (["ask", model, picture, "x", "--template", "vicuna"], 78, "'vicuna_v1'"),
            (["ask", model, "nowhere.png", "x"], 66, "nowhere.png"),
            (["ask", model, FilePath.join(model, "config.json"), "x"], 65, "PNG, JPEG or WebP"),
            (["ask", "nowhere", picture, "x"], 66, "no such folder"),
            (["ask", pickles, picture, "x", "--vision-tower", tower], 65, "--allow-bin"),
            (["ask", model, picture, "x", "--temperature=-1"], 78, "temperature"),
            (
                [
                    "ask", goldenPath("llava/original-lora"), picture, "x", "--allow-bin",
                    "--vision-tower", tower,
                ], 66,
                "--base"
            ),
            (["inspect", "nowhere"], 66, "nowhere"),
            (["save", model, goldenPath("llava")], 73, "holds something already"),
        ] as [([String], Int32, String)] {
            let result = try program.run(arguments)
            #expect(result.status == status, "\(arguments): \(result.status) \(result.errors)")
            #expect(result.errors.contains(part), "\(arguments): \(result.errors)")
        }
    }

    @Test func inspectCountsWithoutLoading() throws {
        let object = try json(program.run(["inspect", model, "--json"]).output)
        #expect(object["fits"] == true && object["kind"] == "LLaVA (llava-hf)")
        #expect(object["parameters"]?.intValue == 13456 + 544 + 36080)
        let hooks = object["hooks"]?.arrayValue ?? []
        #expect(hooks.contains("encoder.layers.1.output") && hooks.contains("enricher.output"))
        let text = try program.run(["inspect", model]).output
        #expect(text.contains("encoder.layers.*.output  (0 to 1)"), "\(text)")
        let file = try program.run([
            "inspect", FilePath.join(model, "model.safetensors"), "--tensors",
        ])
        #expect(file.status == 0 && file.output.contains("multi_modal_projector.linear_1.weight"))
        let tower = try program.run(["inspect", goldenPath("llava/tower")])
        #expect(tower.status == 0 && tower.output.contains("clip_vision_model"))
    }

    @Test func savedAndConvertedModelsAnswerAlike() throws {
        let folder = try TemporaryFolder()
        let joined = folder.file("joined")
        let saving = try program.run([
            "save", goldenPath("llava/original-lora"), joined, "--allow-bin", "--base",
            goldenPath("llava/base"), "--vision-tower", goldenPath("llava/tower"),
        ])
        #expect(saving.status == 0, "\(saving.errors)")
        let before = try json(
            program.run([
                "ask", goldenPath("llava/original-lora"), picture, question, "--allow-bin",
                "--base",
                goldenPath("llava/base"), "--vision-tower", goldenPath("llava/tower"), "--json",
                "--max-tokens", "6",
            ]).output)
        let after = try json(
            program.run(["ask", joined, picture, question, "--json", "--max-tokens", "6"]).output)
        #expect(after["ids"] == before["ids"] && after["ids"] != nil)

        let converted = folder.file("converted")
        let converting = try program.run([
            "convert", goldenPath("llava/original-bin"), converted, "--allow-bin",
        ])
        #expect(converting.status == 0, "\(converting.errors)")
        let answer = try json(
            program.run([
                "ask", converted, picture, question, "--vision-tower", goldenPath("llava/tower"),
                "--json", "--max-tokens", "6",
            ]).output)
        let expected = try greedy(of: goldenPath("llava/original-bin"))
        #expect(answer["ids"]?.arrayValue?.compactMap(\.intValue) == expected)
    }

    @Test func chatKeepsTheConversation() throws {
        let result = try program.run(
            ["chat", model, "--image", picture, "--max-tokens", "3"],
            input: "What is it?\nAnd now?\n:prompt\n:imag\n:new\n:prompt\n")
        #expect(result.status == 0)
        #expect(result.output.contains("USER: <image>\nWhat is it? ASSISTANT:"))
        #expect(result.output.contains("</s>USER: And now? ASSISTANT:"))
        #expect(result.errors.contains("':image'"))
    }

    @Test func scriptsLoadAskCaptureAndScore() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("script.lua")
        try AtomicWriter().write(
            """
            local hire = require "hire"
            local image = hire.image.open("\(picture)")
            local model, notes = hire.pipeline.load("\(model)")
            assert(#notes == 0)
            local text = "USER: <image>\\n\(question) ASSISTANT:"
            local pieces = {}
            local answer, captured = model:ask(image, "\(question)", { maximum_tokens = 6,
              capture = { "encoder.layers.*.output", "language_model.model.layers.0.output" },
              on_text = function(piece) pieces[#pieces + 1] = piece end })
            assert(table.concat(pieces) == answer.text and #answer.ids == 6)
            assert(captured["encoder.layers.1.output"] and captured["language_model.model.layers.0.output"])
            local logits = model:logits(image, text)
            assert(logits:shape()[2] == answer.prompt_tokens)
            local last = model:logits(image, text, { last = true })
            -- argmax gives torch.argmax's numbers, and ids count from zero too.
            assert(last:reshape({ logits:shape()[3] }):argmax({ dim = 1 }):item() == answer.ids[1])
            local scores = model:score(image, text, { "red", "a mug" })
            assert(#scores == 2 and scores[1].sum < 0 and #scores[2].tokens == #scores[2].ids)
            local again = model:score(image, "\(question)", { "red" })
            assert(math.abs(again[1].sum - scores[1].sum) < 1e-4)
            local high, low = model:views(image)
            local features = model.encoder(low)
            local tokens, seen = model.projector:capture(features, { "projector.*.output" })
            assert(tokens:shape()[3] == 16 and seen["projector.0.output"])
            local swap = model:set_enricher("bicubic", {}, { columns = "zero" })
            assert(swap.resized[1] == "projector.0.weight" and #swap.initialised == 0)
            local tokenizer = hire.tokenizer.load("\(model)")
            local ids = tokenizer:encode("What colour?", { special = false })
            assert(tokenizer:decode(ids) == "What colour?", tokenizer:decode(ids))
            assert(tokenizer:id("<image>") and tokenizer:token(1) == "<s>")
            local file = "\(folder.file("x.safetensors"))"
            hire.safetensors.write(file, { tokens = tokens }, { metadata = { origin = "test" } })
            local back, metadata = hire.safetensors.read(file)
            assert((back.tokens - tokens):abs():sum():item() == 0 and metadata.origin == "test")
            local ok, err = pcall(hire.pipeline.load, "\(model)", { aspekt = "pad" })
            assert(not ok and tostring(err):find("aspect"), tostring(err))
            print("fine")
            """, to: path)
        let result = try program.run(["run", path, "--out", folder.file("out")])
        #expect(result.errors == "")
        #expect(result.output == "fine\n")
    }
}
