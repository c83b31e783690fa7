import ArgumentParser
import Foundation
import HireFiles
import HireLua
import HireStudies
import HireVLM

/// `hire worker RUN`.
struct WorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "Help with a run that `hire run` began.",
        discussion: """
            Runs the script that is stored in the folder, with the options of the command that began it, and does the \
            items that nobody else has taken. Ends when there is none left; tables are made by whoever runs the whole. \
            Start it in the working folder of that command, on this machine or on another that sees the same disk.

            Examples:
              hire worker runs/my
              hire worker runs/my --threads 4 --only 'hire*'
            """)

    @Argument(help: "The run's folder.", completion: .directory)
    var folder: String

    @Option(help: "Threads for computing; as the run was begun by default.")
    var threads: Int?

    @Flag(help: "Print the stack of Lua calls after an error.")
    var traceback = false

    @OptionGroup var study: StudyArguments

    func validate() throws {
        if let threads, threads < 1 {
            throw ValidationError("--threads must be at least 1, got \(threads).")
        }
    }

    func run() throws {
        let run = RunFolder(folder)
        let manifest = try run.contents().manifest
        guard let script = manifest.script else {
            throw FileError(
                .missingInput, path: folder,
                problem: "the run was not begun by a script, so no other process can help with it")
        }
        let place = run.location(RunFolder.scriptName)
        let source = try run.fileSystem.readAll(place, limit: 16 << 20)
        guard SHA256.hex(of: source) == script.textSHA256 else {
            throw FileError.badData(
                place,
                "the script is not the one with which the run was begun (its SHA-256 differs)")
        }
        var command = try RunCommand.parse(words(script))
        command.arguments = script.arguments
        command.isWorker = true
        command.study.acceptedChanges += study.acceptedChanges
        command.study.only = study.only
        command.study.afterFailure = study.afterFailure
        command.study.quiet = study.quiet
        command.script.traceback = traceback
        if let threads { command.script.threads = threads }
        try ScriptRun(
            path: script.path, text: String(decoding: source, as: UTF8.self),
            folder: output(of: script), command: command
        ).run()
    }

    /// The script's folder for results, in which the study has its own.
    private func output(of script: RunManifest.ScriptIdentity) -> String {
        if script.output == "." { return folder }
        return URL(fileURLWithPath: FilePath.join(folder, script.output)).standardizedFileURL.path
    }

    private func words(_ script: RunManifest.ScriptIdentity) -> [String] {
        [script.path] + script.options + script.overrides
    }
}
