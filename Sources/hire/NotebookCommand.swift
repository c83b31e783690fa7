import ArgumentParser
import HireLua

/// `hire notebook`.
struct NotebookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notebook", abstract: "Run notebooks whose cells hold Lua.",
        subcommands: [NotebookRunCommand.self])
}

/// `hire notebook run FILE.ipynb`.
struct NotebookRunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract:
            "Run all cells in one state and write text, tables and pictures back beneath them.")

    @Argument(help: "The notebook.", completion: .file(extensions: ["ipynb"]))
    var file: String

    @Option(help: "Where to write it; the same file by default.")
    var output: String?

    @Flag(help: "Write nothing; fail if a cell no longer gives its stored output.")
    var check = false

    @OptionGroup var script: ScriptOptions

    func run() throws {
        let stored = try Notebook(reading: file)
        var notebook = stored
        let collected = NotebookOutput()
        let state = try script.makeState(
            output: collected, folder: RunFolderName.standard(for: file))
        defer { state.close() }
        try state.prepare(script: file, arguments: [])
        state.watchInterrupts()
        let failure = try NotebookRunner(state: state, output: collected).run(&notebook)
        if check {
            if let difference = NotebookRunner.difference(stored, notebook) {
                throw LuaError(kind: .failure, message: "\(file): \(difference)")
            }
        } else {
            try notebook.write(to: output ?? file)
        }
        if let failure {
            throw ProgramExit(code: Complaint.print(failure, traceback: script.traceback))
        }
    }
}
