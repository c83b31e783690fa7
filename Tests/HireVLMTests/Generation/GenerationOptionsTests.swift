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
}
