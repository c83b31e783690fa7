import ArgumentParser
import HireFiles
import HireStudies

/// `hire verify RUN`.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Compare every file of a run with what was journalled.",
        discussion: """
            Reads every byte of every finished item and compares its SHA-256; checks the journals, the manifest and the leases. \
            Lists what is missing, changed or unknown, and what to do. Exit status 65 if any result is not as it was.

            Examples:
              hire verify runs/quickstart
            """)

    @OptionGroup var argument: RunArgument

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        guard try SystemFileSystem().status(argument.run) != nil else {
            throw FileError(.missingInput, path: argument.run, problem: "there is no such folder")
        }
        let found = try RunVerification(RunFolder(argument.run))
        if json { try RunReading.write(found.json) } else { RunReading.write(found.text) }
        if !found.isIntact {
            Machine.flush()
            throw ProgramExit(code: 65)
        }
    }
}
