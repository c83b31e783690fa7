import ArgumentParser
import HireFiles
import HireLua
import HireStudies
import HireTensor
import HireVLM

/// `hire cost`.
struct CostCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cost",
        abstract: "Count what a model costs up to its first token, without weights.",
        discussion: """
            Runs the model's own code on shapes alone. The convention 'fvcore' counts as the paper did (and misses what \
            fvcore misses), 'full' counts every multiply-add of the form that runs.

            Examples:
              hire cost table1
              hire cost figure3 --convention full --markdown
              hire cost llava-1.5-7b-hf --enricher hire --depth 3
              hire cost recipe.json --convention fvcore --json
            """)

    @Argument(help: "table1, figure3, a model folder, or a recipe as a .json file.")
    var subject: String

    @Option(
        help:
            "fvcore or full; fvcore for the paper's tables and full for everything else if left out."
    )
    var convention: CostConvention?

    @Option(help: "Side of the picture that the enricher sees, in pixels.")
    var resolution: Int?

    @Option(
        name: .customLong("text-tokens"),
        help: "Tokens around the picture; \(PaperCosts.textTokens) if left out.")
    var textTokens: Int?

    @Option(help: "How deep into the modules the table goes; 1 shows the stages, 2 if left out.")
    var depth: Int?

    @Flag(help: "How the table is written.")
    var format = CostFormat.text

    @OptionGroup(title: "Model") var model: ModelOptions
    @OptionGroup(title: "Running") var script: ScriptOptions

    func validate() throws {
        if let depth, depth < 0 {
            throw ValidationError("--depth must be at least 0, got \(depth).")
        }
        if let textTokens, !(0...PaperCosts.mostTextTokens).contains(textTokens) {
            throw ValidationError(
                "--text-tokens must be from 0 to \(PaperCosts.mostTextTokens), got \(textTokens).")
        }
        if subject == "table1" || subject == "figure3",
            resolution != nil || textTokens != nil || depth != nil || model.isGiven
        {
            throw ValidationError(
                "'\(subject)' is the paper's own and takes --convention and a format alone; options of a model need a "
                    + "folder or a recipe.")
        }
        if let resolution, resolution < 1 {
            throw ValidationError("--resolution must be at least 1, got \(resolution).")
        }
    }

    func run() throws {
        let state = try script.makeState(folder: "runs/cost")
        defer { state.close() }
        let table = try table(state.host.catalog)
        Swift.print(try table.written(as: format.table), terminator: "")
    }

    private func table(_ catalog: PluginCatalog) throws -> ResultTable {
        switch subject {
        case "table1":
            return try .table1(
                convention: convention ?? .fvcore, catalog: catalog,
                shapes: { Machine.shapesContext() })
        case "figure3":
            return try .figure3(
                convention: convention ?? .fvcore, catalog: catalog,
                shapes: { Machine.shapesContext() })
        default:
            let cost = try CostSubject(subject, model, highResolution: resolution).cost(
                catalog, textTokens: textTokens ?? PaperCosts.textTokens,
                convention: convention ?? .full)
            return .costs(
                cost, depth: depth ?? 2,
                title:
                    "\(subject): \(cost.tokens) tokens, weights \(bytes(cost.weightBytes)), at most "
                    + "\(bytes(cost.peakBytes)) in arrays")
        }
    }
}

/// How a table of costs is written.
enum CostFormat: String, EnumerableFlag {
    case text, json, csv, markdown, latex

    var table: ResultTable.Format {
        switch self {
        case .text: .text
        case .json: .json
        case .csv: .csv
        case .markdown: .markdown
        case .latex: .latex
        }
    }
}

extension CostConvention: ExpressibleByArgument {}
