import ArgumentParser
import HireFiles
import HireStudies

/// `hire export RUN|FILE.h5`.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write captured features as npz, csv or safetensors.",
        discussion: """
            Shards of one recording come out as one array per hook. Memory stays flat whatever the size. For CSV --out is a \
            folder: one file per dataset with one or two axes, and the table of results.

            Examples:
              hire export runs/capture --format npz --only 'encoder.**' --out features.npz
              hire export features.h5 --format safetensors --out features.safetensors
            """)

    @Argument(help: "A run's folder, or an HDF5 file.")
    var source: String

    @Option(help: "npz, csv or safetensors.")
    var format: ExportFormat

    @Option(help: "A glob over hooks (encoder.**) or paths (/input/*); may be given several times.")
    var only: [String] = []

    @Option(
        help:
            "A glob over labels of items, or key=glob over id, seed, variant and axes; may be given several times."
    )
    var item: [String] = []

    @Option(name: .customLong("out"), help: "The file; for CSV the folder.")
    var output: String

    @Flag(
        help:
            "Open an HDF5 file of unknown origin at once; without it another process reads it first."
    )
    var trusted = false

    func run() throws {
        let summary = try RunReading.checkingNames {
            guard try SystemFileSystem().status(source)?.kind == .folder else {
                guard item.isEmpty else {
                    throw TableError(
                        "--item chooses among the items of a run, and \(source) is none.")
                }
                return try RunExport(RunSources(file: source, isTrusted: trusted)).write(
                    as: format, only: only, to: output)
            }
            let contents = try RunReading.contents(source)
            var tables: [(name: String, text: String)] = []
            if format == .csv, only.isEmpty, item.isEmpty {
                var options = TableOptions()
                tables.append(("table", try ResultTable(RunResults(contents)).written(as: .csv)))
                options.allSeeds = true
                tables.append(
                    (
                        "items",
                        try ResultTable(RunResults(contents), options: options).written(as: .csv)
                    ))
            }
            let sources = try RunSources(contents, only: item, mayBeEmpty: !tables.isEmpty)
            return try RunExport(sources, tables: tables).write(as: format, only: only, to: output)
        }
        for file in summary.files { print(file) }
        Machine.flush()
        RunReading.note(summary.notes)
    }
}

extension ExportFormat: ExpressibleByArgument {}
