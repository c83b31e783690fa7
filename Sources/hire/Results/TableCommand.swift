import ArgumentParser
import HireStudies

/// `hire table RUN`.
struct TableCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "table", abstract: "Print a run's results as a table.",
        discussion: """
            One row per variant and point on the axes, averaged over seeds (± standard deviation; with one seed ± the standard \
            error of a share). Where samples were graded every row is compared with the baseline over the same samples: a \
            bootstrap interval and a paired sign-flip test. Keys of columns are those of CSV and JSON.

            Examples:
              hire table runs/quickstart
              hire table runs/quickstart --sort accuracy --format latex > table.tex
              hire table runs/sweep --columns loss,seconds_per_image --all-seeds
            """)

    /// How the table is written.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case terminal, markdown, latex, csv, json

        var format: ResultTable.Format {
            switch self {
            case .terminal: .text
            case .markdown: .markdown
            case .latex: .latex
            case .csv: .csv
            case .json: .json
            }
        }
    }

    @OptionGroup var argument: RunArgument

    @Option(help: "Order the rows by a column: KEY, KEY,asc or KEY,desc.")
    var sort: String?

    @Option(help: "How it is written.")
    var format = Format.terminal

    @Option(
        help:
            "The row that the others are compared with (the first one by default), or a variant: each row with the variant's at the same values of the axes."
    )
    var baseline: String?

    @Flag(help: "One row per item instead of a mean over seeds.")
    var allSeeds = false

    @Option(help: "Keys of the columns, with commas between them.")
    var columns: String?

    @Flag(help: "Print JSON: the same as --format json.")
    var json = false

    func run() throws {
        let contents = try RunReading.contents(argument.run)
        var options = TableOptions()
        options.baseline = baseline
        options.allSeeds = allSeeds
        options.columns = columns?.split(separator: ",").map(String.init) ?? []
        let table = try RunReading.checkingNames {
            if let sort { try options.sort(by: sort) }
            return try ResultTable(RunResults(contents), options: options)
        }
        RunReading.write(try table.written(as: json ? .json : format.format))
        if table.rows.isEmpty {
            RunReading.note(["nothing is finished yet; see `hire status \(argument.run)`."])
        }
    }
}
