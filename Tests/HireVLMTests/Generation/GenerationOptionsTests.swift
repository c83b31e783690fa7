import HireFiles
import HireVLM
import Testing

/// Options that make no sense are refused with a sentence that names them.
@Suite struct GenerationOptionsTests {
    private func problem(_ json: JSONObject) -> String {
        message { try GenerationOptions.decode(json, plugin: "generation").check() }
    }

    @Test(
        arguments: [
            ("maximum_tokens", 0), ("temperature", -0.5), ("top_k", -1), ("top_p", 1.5),
            ("top_p", -0.1),
            ("min_p", 2), ("repetition_penalty", 0), ("beams", 0), ("beams", 257), ("seed", -1),
        ] as [(String, JSONValue)])
    func valuesOutOfRangeAreRefused(_ key: String, _ value: JSONValue) {
        let text = problem([key: value])
        #expect(text.contains("'\(key)'") && text.contains("got"), "\(text)")
    }

    @Test func typesAndNamesAreRefused() {
        #expect(problem(["early_stopping": "sometimes"]).contains("\"never\""))
        #expect(problem(["stop": "###"]).contains("'stop'"))
        #expect(problem(["stop": [""]]).contains("empty text"))
        #expect(problem(["temprature": 1]).contains("'temperature'"))
    }

    @Test func optionsAreReadAndWritten() throws {
        let options = try GenerationOptions.decode(
            [
                "early_stopping": "never", "stop": ["a", "b"], "end_ids": [1, 2], "beams": 4,
                "temperature": 1, "length_penalty": -0.5,
            ], plugin: "generation")
        try options.check()
        #expect(options.earlyStopping == .never && options.stop == ["a", "b"])
        #expect(
            options.endIDs == [1, 2] && options.temperature == 1 && options.lengthPenalty == -0.5)
        #expect(try GenerationOptions.decode(options.json(), plugin: "generation") == options)
        #expect(
            try GenerationOptions.decode(["early_stopping": true], plugin: "generation")
                .earlyStopping
                == .whenFull)
    }

    @Test func idsMustBeInTheVocabulary() throws {
        var options = GenerationOptions()
        options.endIDs = [3, 48]
        #expect(message { try options.check(vocabularySize: 48) }.contains("48"))
        try options.check(vocabularySize: 49)
    }

    @Test func optionsWithoutEffectAreNamed() {
        var options = GenerationOptions()
        #expect(options.withoutEffect.isEmpty)
        options.topP = 0.9
        options.seed = 3
        options.lengthPenalty = 2
        #expect(
            options.withoutEffect == [
                "Without sampling (temperature 0) 'top_p' and 'seed' have no effect.",
                "Without beam search (beams 1) 'length_penalty' has no effect.",
            ])
        options.temperature = 0.7
        options.beams = 2
        #expect(options.withoutEffect.isEmpty)
    }

    /// Qwen2-VL's file, shortened: what it says about sampling is followed.
    @Test func generationConfigsAreRead() throws {
        let (options, unsupported) = try GenerationOptions.huggingFace(
            [
                "bos_token_id": 151_643, "do_sample": true, "eos_token_id": [151_645, 151_643],
                "pad_token_id": 151_643, "repetition_penalty": 1.05, "temperature": 0.7,
                "top_k": 20, "top_p": 0.8, "max_new_tokens": .null, "no_repeat_ngram_size": 3,
                "typical_p": 1.0,
            ], source: "generation_config.json")
        var expected = GenerationOptions()
        expected.temperature = 0.7
        expected.topK = 20
        expected.topP = 0.8
        expected.repetitionPenalty = 1.05
        expected.endIDs = [151_645, 151_643]
        #expect(options == expected && unsupported == ["no_repeat_ngram_size"])
    }

    /// Vicuna's file has a temperature and does not sample; `generate` is greedy with it.
    @Test func aTemperatureWithoutSamplingIsGreedy() throws {
        let (options, unsupported) = try GenerationOptions.huggingFace(
            [
                "_from_model_config": true, "eos_token_id": 2, "max_length": 4096,
                "temperature": 0.9, "top_p": 0.6, "early_stopping": "never",
            ], source: "generation_config.json")
        #expect(!options.isSampling && options.topP == 0.6 && options.endIDs == [2])
        #expect(options.earlyStopping == .never && unsupported.isEmpty)
        let sampling = try GenerationOptions.huggingFace(["do_sample": true], source: "g.json")
        #expect(sampling.options.temperature == 1)
    }

    @Test func generationConfigsThatDoNotFitAreNamed() {
        func problem(_ json: JSONObject) -> String {
            message { _ = try GenerationOptions.huggingFace(json, source: "folder/g.json") }
        }
        for (key, value) in [
            ("top_p", "much"), ("eos_token_id", ["a"]), ("do_sample", 1), ("num_beams", 1.5),
            ("early_stopping", "often"),
        ] as [(String, JSONValue)] {
            let text = problem([key: value])
            #expect(text.contains("folder/g.json") && text.contains("'\(key)'"), "\(text)")
        }
        #expect(problem(["num_beams": 0]).contains("'beams'"))
    }
}
