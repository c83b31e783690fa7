import ArgumentParser
import HireFiles
import HireImaging
import HireLua
import HireVLM

/// `hire ask MODEL IMAGE QUESTION`.
struct AskCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ask", abstract: "Ask a model one question about one picture.",
        discussion: """
            MODEL is a folder: LLaVA from the Hugging Face hub or from its authors' code, or a pipeline saved by hire. \
            IMAGE is a PNG, JPEG or WebP file, or - for a question without a picture.

            Examples:
              hire ask llava-1.5-7b-hf kitchen.jpg "What colour is the mug?"
              hire ask llava-v1.5-7b kitchen.jpg "What colour is the mug?" --allow-bin --json
              hire ask my-model kitchen.jpg "How many chairs?" --enricher bicubic --high-resolution 672
            """)

    @Argument(help: "The model folder.", completion: .directory)
    var model: String

    @Argument(help: "The picture; - asks without one.", completion: .file())
    var image: String

    @Argument(help: "The question.")
    var question: String

    @Flag(help: "Print JSON: answer, ids, tokens, seconds and more.")
    var json = false

    @Flag(
        name: .customLong("show-prompt"),
        help: "Print the text that the question becomes, and its ids, and ask nothing.")
    var showsPrompt = false

    @OptionGroup(title: "Model") var modelOptions: ModelOptions
    @OptionGroup(title: "Generation") var generation: GenerationArguments
    @OptionGroup(title: "Running") var script: ScriptOptions

    func run() throws {
        let state = try script.makeState(folder: "runs/ask")
        defer { state.close() }
        let options = try generation.options(seed: script.seed)
        for sentence in options.withoutEffect { Terminal.writeError("hire: note: \(sentence)\n") }
        // A picture that cannot be read is told before minutes are spent on weights.
        let picture = image == "-" ? nil : try Image(reading: image)
        if showsPrompt {
            return try ShownPrompt.print(
                question, model: model, modelOptions.folder,
                enricher: modelOptions.enricherChoice(), hasImage: picture != nil,
                catalog: state.host.catalog)
        }
        let clock = ContinuousClock()
        let began = clock.now
        let (pipeline, _) = try modelOptions.load(
            model, catalog: state.host.catalog, in: state.host.context)
        let loading = (clock.now - began) / .seconds(1)
        state.watchInterrupts()
        let streams = !json && Terminal.isOutputTerminal
        let answer = try pipeline.ask(
            picture, question, options: options,
            hooks: GenerationHooks(
                onText: streams
                    ? { _, text in
                        print(text, terminator: "")
                        Machine.flush()
                        return true
                    } : nil, checkInterrupt: { try state.host.checkInterrupt() }))
        if json {
            print(
                try JSONWriter(layout: .pretty).string(.object(Self.json(answer, loading))),
                terminator: "")
        } else {
            print(streams ? "" : answer.text)
        }
    }

    private static func json(_ answer: Generation, _ loading: Double) -> JSONObject {
        var object: JSONObject = [
            "answer": .string(answer.text),
            "ids": .array(answer.ids.map { .integer(Int64($0)) }),
            "tokens": .integer(Int64(answer.ids.count)),
            "prompt_tokens": .integer(Int64(answer.promptTokens)),
            "finish": .string(answer.finish.rawValue), "seconds": .number(answer.timing.seconds),
            "seconds_to_first_token": .number(answer.timing.secondsToFirstToken),
            "tokens_per_second": .number(answer.timing.tokensPerSecond),
            "seconds_to_load": .number(loading),
        ]
        if let peak = Machine.peakResidentBytes() {
            object["peak_resident_bytes"] = .integer(Int64(peak))
        }
        if let score = answer.score { object["score"] = .number(score) }
        return object
    }
}
