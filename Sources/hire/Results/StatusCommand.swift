import ArgumentParser
import HireStudies

/// `hire status RUN`.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "See how far a run is, also while it goes on.",
        discussion: """
            Prints every item with its state, how long it took, who works on it and why it failed; then the sum, and the time \
            left if the rest takes what the finished items took. Changes nothing.

            Examples:
              hire status runs/quickstart
              watch -n 10 hire status runs/sweep
            """)

    @OptionGroup var argument: RunArgument

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let status = try RunStatus(RunReading.contents(argument.run))
        if json { try RunReading.write(status.json()) } else { RunReading.write(try status.text()) }
    }
}
