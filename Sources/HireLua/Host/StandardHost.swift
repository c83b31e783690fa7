import CLuaShims
import HireFiles
import HireTensor
import HireVLM

/// The host of a script run from the command line, the REPL or a notebook.
public final class StandardHost: ScriptHost {
    /// Where tensors of the script are made.
    public private(set) var context: Context
    /// The plugins that exist.
    public var catalog: PluginCatalog
    /// The folder for results.
    public let outputFolder: String
    /// Whether the experiment should shrink itself.
    public let isSmoke: Bool
    /// Arguments behind `--`.
    public let arguments: [String]
    /// What the command line asks of the studies in the script.
    public var studyRequest = StudyRequest()
    /// What was asked of studies and none has taken yet.
    public var untaken: [StudyRequest.Part] {
        studyRequest.parts.filter { !taken.contains($0) }
    }
    /// Where text and pictures go.
    public var output: any ScriptOutput

    private var taken: Set<StudyRequest.Part> = []
    private var claims: [String: String] = [:]
    private let makeShapesContext: () -> Context

    /// A host from its services.
    public init(
        context: Context, shapesContext: @escaping () -> Context, catalog: PluginCatalog,
        outputFolder: String, isSmoke: Bool = false, arguments: [String] = [],
        output: any ScriptOutput = StandardOutput()
    ) {
        self.context = context
        self.makeShapesContext = shapesContext
        self.catalog = catalog
        self.outputFolder = outputFolder
        self.isSmoke = isSmoke
        self.arguments = arguments
        self.output = output
    }

    /// A context that computes shapes and costs and no values.
    public func shapesContext() -> Context { makeShapesContext() }

    /// Makes new tensors in another context while `body` runs.
    public func making<R>(in context: Context, _ body: () throws -> R) rethrows -> R {
        let before = self.context
        self.context = context
        defer { self.context = before }
        return try body()
    }

    /// Notes that a study took a part of the request.
    public func take(_ part: StudyRequest.Part) { taken.insert(part) }

    /// One study per folder in a script; at a prompt a study is changed and run again.
    public func claim(_ folder: String, for study: String) -> Bool {
        if studyRequest.script == nil { return true }
        let other = claims[folder] ?? study
        claims[folder] = other
        return other == study
    }

    /// Writes text as it stands.
    public func write(_ text: String) { output.write(text) }

    /// Shows a picture where the output can.
    public func show(png: [UInt8], path: String) { output.show(png: png, path: path) }

    /// Progress on standard error: a bar on a terminal, sparse lines elsewhere.
    public func progress(_ title: String, total: Int) -> any ScriptProgress {
        ProgressBar(title, total: total, style: output.progressStyle)
    }

    /// How many items of studies failed while the rest went on; the program then ends with status 2.
    public private(set) var failedItems = 0

    /// Counts them.
    public func note(failedItems count: Int) { failedItems += count }

    /// How far the study is that was stopped, in a sentence; nil if none was.
    public private(set) var progressWhenStopped: String?

    /// Keeps it for the message at the end.
    public func note(progressWhenStopped sentence: String) { progressWhenStopped = sentence }

    /// Throws `ScriptInterruption` after a signal that asks to stop.
    public func checkInterrupt() throws {
        if let signal = LuaState.arrivedSignal { throw ScriptInterruption(signal) }
    }

    /// Runs a piece of work whose Lua code runs to its end in spite of a signal.
    public func deferringInterrupts<R>(_ body: () throws -> R) rethrows -> R {
        hire_lua_defer_interrupts(1)
        defer { hire_lua_defer_interrupts(-1) }
        return try body()
    }
}

/// Where a host's text and pictures go.
public protocol ScriptOutput {
    /// Writes text as it stands.
    func write(_ text: String)
    /// Shows a picture that was saved at `path`.
    func show(png: [UInt8], path: String)
    /// How progress is drawn.
    var progressStyle: ProgressBar.Style { get }
}
