import ArgumentParser
import HireFiles
import HireStudies

/// `hire report RUN`.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Write a run as one HTML file that opens anywhere.",
        discussion: """
            How to run it again, configuration, tables, plots, pictures, failures, environment and digest in a file of at most \
            5 MiB that needs no network and runs no scripts. The same folder gives the same bytes.

            Examples:
              hire report runs/quickstart
              hire report runs/quickstart --out quickstart.html
            """)

    @OptionGroup var argument: RunArgument

    @Option(
        name: .customLong("out"), help: "The file; report.html in the run's folder by default.",
        completion: .file(extensions: ["html"]))
    var output: String?

    func run() throws {
        let contents = try RunReading.contents(argument.run)
        let path = output ?? contents.folder.location("report.html")
        let text = try RunReport(contents).html()
        let fileSystem = SystemFileSystem()
        try fileSystem.makeFolders(FilePath.folder(of: path))
        try AtomicWriter(fileSystem: fileSystem).write(text, to: path)
        print(path)
    }
}
