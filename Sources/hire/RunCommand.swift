import ArgumentParser
import HireFiles
import HireLua
import HireVLM

/// `hire run FILE.lua`.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run an experiment written in Lua.",
        usage: """
            hire run FILE.lua [key=value[,value…]]… [options] [-- argument…]
            """,
        discussion: """
            Results go to runs/NAME, where NAME is the experiment's folder (or the file, unless it is called \
            experiment.lua). Running the same again goes on where it was stopped. key=value puts a value over what the \
            script gives its study; several values, separated by commas, make an axis. What stands behind -- is the \
            script's. Ctrl-C stops at the next clean point and keeps what was finished; a second Ctrl-C stops at once. \
            docs/running.md tells of signals, exit codes, clusters and provenance.

            Examples:
              hire run experiments/quickstart/experiment.lua --smoke
              hire run my.lua training.steps=100,200 seeds=[1,2,3] --dry-run
              hire run my.lua training.steps=100,200 training.learning_rate=1e-3,5e-4 --zip
              hire run my.lua --only 'hire*' --keep-going
              hire run my.lua --out /data/runs/my -- --steps 100
            """)

    @Argument(help: "The Lua file.", completion: .file(extensions: ["lua"]))
    var file: String

    @Argument(
        help: ArgumentHelp(
            "Values put over the script's own: key=value, or key=value,value for an axis.",
            valueName: "key=value"))
    var words: [String] = []

    @Option(name: .customLong("out"), help: "The folder for results.", completion: .directory)
    var output: String?

    @Flag(help: "Shrink the experiment to under a minute.")
    var smoke = false

    @Flag(help: "Walk several lists of values side by side, instead of all combinations.")
    var zip = false

    @Flag(help: "Do finished items again.")
    var fresh = false

    @Flag(
        name: .customLong("dry-run"),
        help: "Say what would be done, and what it would take, and do nothing.")
    var dryRun = false

    @Option(
        help: ArgumentHelp(
            "Features to capture beside those that the script records; may be given several times.",
            valueName: "glob"))
    var capture: [String] = []

    @OptionGroup var study: StudyArguments
    @OptionGroup var script: ScriptOptions

    /// What stands behind `--`, set by whoever split the command line.
    var arguments: [String]?
    /// Whether the process only helps with a folder that others fill, set by `hire worker`.
    var isWorker: Bool?

    func validate() throws {
        do {
            for word in words where !word.contains("=") { try refuse(word) }
            let overrides = try StudyOverride.parse(words)
            if zip { try StudyOverride.checkZip(overrides) }
        } catch let error as StudyOverrideError {
            throw ValidationError(error.description)
        }
        for glob in capture {
            do {
                _ = try Glob(glob)
            } catch {
                throw ValidationError("--capture \(glob): \(error)")
            }
        }
    }

    func run() throws {
        let source = try SystemFileSystem().readAll(file, limit: 16 << 20)
        try ScriptRun(
            path: file, text: String(decoding: source, as: UTF8.self),
            folder: output ?? RunFolderName.standard(for: file), command: self
        ).run()
    }

    /// What the studies in the script are asked.
    func request(text: String) throws -> StudyRequest {
        var request = StudyRequest()
        study.fill(&request)
        request.fresh = fresh
        request.isDryRun = dryRun
        request.overrides = try StudyOverride.parse(words)
        request.pairing = zip ? .zip : .grid
        request.capture = capture
        request.role = isWorker == true ? .worker : .whole
        request.script = StudyRequest.ScriptText(
            path: file, text: text, options: determiningOptions,
            interpreter: "Lua \(LuaVersion.text)")
        return request
    }

    /// Options that a worker must be given too to compute the same.
    private var determiningOptions: [String] {
        var options = smoke ? ["--smoke"] : []
        options += script.determiningOptions
        if zip { options.append("--zip") }
        for glob in capture { options += ["--capture", glob] }
        for key in study.acceptedKeys { options += ["--accept-changes", key] }
        return options
    }

    /// A word that is neither an override nor the file.
    private func refuse(_ word: String) throws {
        let flags = [
            "zip", "fresh", "dry-run", "smoke", "keep-going", "fail-fast", "only", "capture",
            "accept-changes", "out", "seed", "threads", "determinism", "plugin", "quiet",
        ]
        if let close = NearestNames.nearest(to: word, among: flags, limit: 1).first {
            throw StudyOverrideError(
                "'\(word)' is no override (key=value); did you mean --\(close)? What the script itself is given stands "
                    + "behind --.")
        }
        if word.hasSuffix(".lua") {
            throw StudyOverrideError(
                "One file is run at a time; '\(word)' is a second one. What the script itself is given stands behind --."
            )
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
