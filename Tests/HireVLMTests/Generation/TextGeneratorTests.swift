import HireReference
import HireTensor
import HireVLM
import Testing

/// What ends an answer, what is given out while it grows, and what is refused.
@Suite struct TextGeneratorTests {
    let context = Context(backend: ReferenceBackend())
    // Each id is followed by the next one, the last by the end.
    let tokenizer = PieceTokenizer([
        "<end>", "_It", "_is", "_re", "d", ".", "\n", "##", "#_U", "SER", "<turn>",
    ])

    private func answer(
        from start: Int = 1, beams: Int = 1, _ hooks: GenerationHooks = GenerationHooks(),
        _ change: (inout GenerationOptions) -> Void = { _ in }
    ) throws -> Generation {
        let size = tokenizer.vocabularySize
        let model = try ChainModel(next: (0..<size).map { ($0 + 1) % size }, in: context)
        var options = GenerationOptions()
        options.beams = beams
        change(&options)
        return try TextGenerator(model, tokenizer, options: options, hooks: hooks, in: context)
            .generate(model.prompts([start]), textIDs: [[start]])[0]
    }

    @Test(arguments: [1, 3]) func endsWithTheEndID(_ beams: Int) throws {
        let answer = try answer(beams: beams)
        #expect(answer.ids == [2, 3, 4, 5, 6, 7, 8, 9, 10, 0] && answer.finish == .end)
        #expect(answer.text == "is red.\n### USER")
        #expect(answer.promptTokens == 1 && (answer.score != nil) == (beams > 1))
    }

    @Test(arguments: [1, 3]) func endsWithAStopStringOverSeveralTokens(_ beams: Int) throws {
        let answer = try answer(beams: beams) { $0.stop = ["USERS", "### U"] }
        #expect(answer.ids == [2, 3, 4, 5, 6, 7, 8] && answer.finish == .stop)
        #expect(answer.text == "is red.")
    }

    @Test(arguments: [1, 3]) func aStopStringMayEndWithinAToken(_ beams: Int) throws {
        let answer = try answer(beams: beams) { $0.stop = ["###"] }
        #expect(answer.ids == [2, 3, 4, 5, 6, 7, 8] && answer.text == "is red.")
    }

    @Test(arguments: [1, 3]) func aSpecialTokenStopsByItsID(_ beams: Int) throws {
        let answer = try answer(beams: beams) { $0.stop = ["<turn>"] }
        #expect(answer.ids.last == 10 && answer.finish == .stop)
        #expect(answer.text == "is red.\n### USER")
    }

    @Test(arguments: [1, 3]) func severalEndIDsAndTheMaximum(_ beams: Int) throws {
        let ended = try answer(beams: beams) { $0.endIDs = [9, 4] }
        #expect(ended.ids == [2, 3, 4] && ended.finish == .end && ended.text == "is red")
        let cut = try answer(beams: beams) { $0.maximumTokens = 2 }
        #expect(cut.ids == [2, 3] && cut.finish == .length && cut.text == "is re")
    }

    @Test func theTextIsGivenOutAsItBecomesCertain() throws {
        var pieces: [String] = []
        let hooks = GenerationHooks(onText: { _, text in
            pieces.append(text)
            return true
        })
        let answer = try answer(hooks) { $0.stop = ["#U"] }
        // "\n" waits for what follows, "##" and "# U" for what may become the stop string.
        #expect(pieces == ["is", " re", "d", ".", "\n#", "## U", "SER"])
        #expect(pieces.joined() == answer.text)
    }

    @Test func beamSearchGivesTheWholeAnswerOnce() throws {
        var pieces: [String] = []
        let answer = try answer(
            beams: 2,
            GenerationHooks(onText: { _, text in
                pieces.append(text); return true
            }))
        #expect(pieces == [answer.text])
    }

    @Test func whoeverReadsMayEndIt() throws {
        var pieces: [String] = []
        let answer = try answer(
            GenerationHooks(onText: { _, text in
                pieces.append(text)
                return pieces.count < 2
            }))
        #expect(answer.finish == .cancelled && answer.ids == [2, 3] && answer.text == "is re")
    }

    @Test(arguments: [1, 3]) func anInterruptionEndsEverything(_ beams: Int) throws {
        var calls = 0
        let text = message {
            _ = try answer(
                beams: beams,
                GenerationHooks(checkInterrupt: {
                    calls += 1
                    if calls == 3 { throw ScriptInterruption() }
                }))
        }
        #expect(text.contains("Interrupted") && calls == 3)
    }

    /// Rows that are finished are taken out when they are half of the batch, and the rest goes on unharmed.
    @Test func finishedRowsAreTakenOut() throws {
        let size = tokenizer.vocabularySize
        let model = try ChainModel(next: (0..<size).map { ($0 + 1) % size }, in: context)
        let answers = try TextGenerator(model, tokenizer, in: context).generate(
            model.prompts([9, 10, 1, 8]), textIDs: [[9], [10], [1], [8]])
        #expect(answers.map(\.ids.count) == [2, 1, 10, 3])
        #expect(model.rowsRun == [4, 4, 2] + Array(repeating: 1, count: 7))
        #expect(answers[2].text == "is red.\n### USER")
    }

    @Test func timesAreInOrder() throws {
        let timing = try answer().timing
        #expect(timing.secondsToFirstToken > 0 && timing.seconds > timing.secondsToFirstToken)
        let rate = 9 / (timing.seconds - timing.secondsToFirstToken)
        #expect(abs(timing.tokensPerSecond - rate) < 1e-6 * rate)
        #expect(try answer { $0.maximumTokens = 1 }.timing.tokensPerSecond == 0)
    }

    @Test(arguments: [1, 2]) func unusableLogitsAreNamed(_ beams: Int) throws {
        var rows = (0..<11).map { id in (0..<11).map { $0 == (id + 1) % 11 ? Float(5) : 0 } }
        rows[3][7] = .nan
        let model = try ChainModel(rows, in: context)
        var options = GenerationOptions()
        options.beams = beams
        let generator = try TextGenerator(model, tokenizer, options: options, in: context)
        let text = message { _ = try generator.generate(model.prompts([1]), textIDs: [[1]]) }
        #expect(
            text.contains("token 1 of the answer to question 1") && text.contains("NaN"), "\(text)")
    }

    @Test func listsMustFitThePrompts() throws {
        let model = try ChainModel(next: [1, 0], in: context)
        let generator = try TextGenerator(
            model, PieceTokenizer(["<end>", "a"]), in: context)
        #expect(
            message { _ = try generator.generate(model.prompts([1, 1]), textIDs: [[1]]) }
                .contains("expected 2, got 1"))
        let empty = try model.prompts([1]).slice(1, 0, 0)
        #expect(
            message { _ = try generator.generate(empty, textIDs: [[]]) }.contains("prompt is empty")
        )
    }
}
