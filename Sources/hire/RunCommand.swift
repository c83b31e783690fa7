import ArgumentParser
import HireFiles
import HireLua

/// `hire run FILE.lua`.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run an experiment written in Lua.",
        discussion: """
            Results go to runs/NAME, where NAME is the experiment's folder (or the file, unless it is called \
            experiment.lua). Ctrl-C stops at the next clean point and keeps what was finished; a second Ctrl-C \
            stops at once.

            Examples:
              hire run experiments/quickstart/experiment.lua --smoke
              hire run my.lua --out /data/runs/my -- --steps 100
            """)

    @Argument(help: "The Lua file.", completion: .file(extensions: ["lua"]))
    var file: String

    @Option(name: .customLong("out"), help: "The folder for results.", completion: .directory)
    var output: String?

    @Flag(help: "Shrink the experiment to under a minute.")
    var smoke = false

    @OptionGroup var script: ScriptOptions

    @Argument(parsing: .postTerminator, help: "Arguments for the script, behind --.")
    var arguments: [String] = []

    func run() throws {
        let source = try SystemFileSystem().readAll(file, limit: 16 << 20)
        let state = try script.makeState(
            folder: output ?? RunFolderName.standard(for: file), isSmoke: smoke,
            arguments: arguments)
        defer { state.close() }
        try state.prepare(script: file, arguments: arguments)
        state.watchInterrupts()
        do {
            try state.run(String(decoding: source, as: UTF8.self), name: file)
        } catch {
            Machine.flush()
            throw ProgramExit(code: Complaint.print(error, traceback: script.traceback))
        }
    }
}

/// Where results go when nothing is said.
enum RunFolderName {
    /// `runs/` and the name of the experiment's folder, or of the file unless it is called experiment.lua.
    static func standard(for file: String) -> String {
        var name = FilePath.name(of: file)
        if name == "experiment.lua" {
            let folder = FilePath.name(of: FilePath.folder(of: file))
            return FilePath.join("runs", FilePath.isPlainName(folder) ? folder : "experiment")
        }
        let ending = FilePath.fileExtension(of: name)
        if !ending.isEmpty { name.removeLast(ending.count + 1) }
        return FilePath.join("runs", FilePath.isPlainName(name) ? name : "script")
    }
}
