import ArgumentParser
import Foundation
import HireArray
import HireFiles
import HireImaging
import HireLua
import HireStudies
import HireTensor
import HireVLM

/// `hire profile`.
struct ProfileCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile",
        abstract: "Run a model up to its first token and see where seconds and bytes go.",
        discussion: """
            Prints per module seconds, multiply-adds, the rate beside the machine's own for products of matrices, and the \
            most bytes that arrays held. Says beforehand what it will need.

            Examples:
              hire profile llava-1.5-7b-hf --enricher hire --depth 3
              hire profile recipe.json --runs 3 --trace trace.json
              hire profile recipe.json --max-memory 8
            """)

    @Argument(
        help: "A model folder, or a recipe as a .json file (whose weights are drawn from the seed)."
    )
    var subject: String

    @Option(help: "The picture; a grey one if left out.", completion: .file())
    var image: String?

    @Option(name: .customLong("text-tokens"), help: "Tokens around the picture.")
    var textTokens = PaperCosts.textTokens

    @Option(help: "How deep into the modules the table goes; 1 shows the stages.")
    var depth = 2

    @Option(
        help: "Runs, of which the one of middle length is shown; one more comes first to warm up.")
    var runs = 1

    @Option(
        name: .customLong("max-memory"),
        help: "Refuse to start if arrays would need more than this many GiB.")
    var maximumMemory: Double?

    @Option(help: "Write a trace of all ops that Perfetto opens.", completion: .file())
    var trace: String?

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Model") var model: ModelOptions
    @OptionGroup(title: "Running") var script: ScriptOptions

    func validate() throws {
        if depth < 0 { throw ValidationError("--depth must be at least 0, got \(depth).") }
        guard (0...PaperCosts.mostTextTokens).contains(textTokens) else {
            throw ValidationError(
                "--text-tokens must be from 0 to \(PaperCosts.mostTextTokens), got \(textTokens).")
        }
        if runs < 1 { throw ValidationError("--runs must be at least 1, got \(runs).") }
        if let maximumMemory, !(maximumMemory > 0) {
            throw ValidationError("--max-memory must be above 0 GiB, got \(maximumMemory).")
        }
    }

    func run() throws {
        let state = try script.makeState(folder: "runs/profile")
        defer { state.close() }
        let (catalog, context) = (state.host.catalog, state.host.context)
        let subject = try CostSubject(subject, model, highResolution: nil)
        let plan = try subject.cost(
            catalog, textTokens: textTokens, convention: .full)
        try announce(plan)
        let pipeline = try subject.pipeline(catalog, in: context)
        let views = try pipeline.views(of: [picture(pipeline)])
        var profiles: [[TimedCall]] = []
        for _ in 0...runs {
            profiles.append(
                try context.withoutGradients {
                    try OpProfile.record(in: context) {
                        _ = try pipeline.firstTokenLogits(views, textTokens: textTokens)
                    }
                })
        }
        let calls = profiles.dropFirst()
            .sorted { duration($0) < duration($1) }[(runs - 1) / 2]
        let tree = CostTree(
            calls,
            parameters: pipeline.parameters().map {
                ($0.path, $0.parameter.shape.elementCount)
            })
        let peak = try MatrixRate.measure(in: context)
        let table = ResultTable.profile(
            tree, matrixRate: peak, depth: depth, title: "\(self.subject), \(plan.tokens) tokens")
        Swift.print(try table.written(as: json ? .json : .text), terminator: "")
        if let trace {
            try AtomicWriter().write(ChromeTrace.json(calls), to: trace)
            Terminal.writeError("hire: the trace is in \(trace).\n")
        }
    }

    /// Says what the run will need, or refuses it.
    private func announce(_ plan: ModelCost) throws {
        let need = bytes(plan.peakBytes)
        if let maximumMemory, Double(plan.peakBytes) > maximumMemory * 1_073_741_824 {
            Terminal.writeError(
                "hire: \(subject) needs about \(need) in arrays (weights in float32), more than --max-memory "
                    + "\(maximumMemory) GiB. Nothing was loaded.\n")
            throw ProgramExit(code: 69)
        }
        Terminal.writeError("hire: about \(need) in arrays, weights in float32 included.\n")
    }

    private func picture(_ pipeline: Pipeline) throws -> Image {
        if let image { return try Image(reading: image) }
        let side = pipeline.recipe.preprocessing.highResolution
        return try Image(
            width: side, height: side, pixels: [UInt8](repeating: 128, count: 3 * side * side))
    }

    private func duration(_ calls: [TimedCall]) -> Double { calls.reduce(0) { $0 + $1.seconds } }
}
