import ArgumentParser
import HireFiles
import HireImaging
import HireLua
import HireTensor
import HireVLM

/// `hire chat MODEL`.
struct ChatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat", abstract: "Talk with a model about a picture.",
        discussion: """
            Every line is a question; the conversation so far goes with it. Lines that begin with a colon are commands: \
            :image FILE looks at another picture and starts over, :new starts over, :prompt shows the conversation as the \
            model reads it, :quit (or Ctrl-D) ends. Ctrl-C ends an answer.
            """)

    @Argument(help: "The model folder.", completion: .directory)
    var model: String

    @Option(help: "The picture to begin with.", completion: .file())
    var image: String?

    @OptionGroup(title: "Model") var modelOptions: ModelOptions
    @OptionGroup(title: "Generation") var generation: GenerationArguments
    @OptionGroup(title: "Running") var script: ScriptOptions

    func run() throws {
        let state = try script.makeState(folder: "runs/chat")
        defer { state.close() }
        let options = try generation.options(seed: script.seed)
        let picture = try image.map { try Image(reading: $0) }
        let (pipeline, _) = try modelOptions.load(
            model, catalog: state.host.catalog, in: state.host.context)
        let editor = LineEditor(history: LineHistory.standard(), complete: { _ in (0, []) })
        var conversation = try Conversation(
            pipeline: pipeline, options: options, state: state, picture: picture)
        while let line = editor.read(prompt: "> ") {
            let text = line.trimmingSpaces()
            if text.isEmpty { continue }
            if text == ":quit" { break }
            do {
                try conversation.take(text)
            } catch {
                Machine.flush()
                _ = Complaint.print(error)
            }
        }
        if Terminal.isInputTerminal { print() }
    }
}

/// The turns so far, and what is being looked at.
private struct Conversation {
    let pipeline: Pipeline
    let options: GenerationOptions
    let state: LuaState
    /// The picture as the language model reads it, made once; nil without one.
    private var imageTokens: Tensor?
    private var turns: [ConversationTurn] = []

    init(
        pipeline: Pipeline, options: GenerationOptions, state: LuaState, picture: Image?
    ) throws {
        self.pipeline = pipeline
        self.options = options
        self.state = state
        try look(at: picture)
    }

    private mutating func look(at picture: Image?) throws {
        imageTokens = try pipeline.context.withoutGradients {
            try picture.map { try pipeline.imageTokens(pipeline.views(of: [$0])) }
        }
        turns = []
    }

    /// Obeys a command or answers a question.
    mutating func take(_ line: String) throws {
        let words = line.split(separator: " ", maxSplits: 1).map(String.init)
        switch words[0] {
        case ":new": turns = []
        case ":image":
            try look(at: words.count > 1 ? Image(reading: words[1].trimmingSpaces()) : nil)
        case ":prompt": print(pipeline.template.text(of: turns, hasImage: imageTokens != nil))
        default:
            guard !line.hasPrefix(":") else {
                throw ValidationError(
                    NearestNames.sentence(
                        kind: "command", name: words[0],
                        among: [":image", ":new", ":prompt", ":quit"]))
            }
            try ask(line)
        }
    }

    private mutating func ask(_ question: String) throws {
        state.watchInterrupts()
        defer { state.unwatchInterrupts() }
        let asked = turns + [ConversationTurn(question)]
        let answer = try pipeline.generate(
            imageTokens: imageTokens,
            [pipeline.prompted(asked, image: imageTokens == nil ? nil : 0)], options: options,
            hooks: GenerationHooks(
                onText: { _, text in
                    print(text, terminator: "")
                    Machine.flush()
                    return true
                }, checkInterrupt: { [state] in try state.host.checkInterrupt() }))[0]
        print()
        turns = asked
        turns[turns.count - 1].answer = answer.text
    }
}

extension String {
    /// The text without white space at its ends.
    fileprivate func trimmingSpaces() -> String {
        guard let first = firstIndex(where: { !$0.isWhitespace }),
            let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
