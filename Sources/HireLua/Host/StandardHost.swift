import CLuaShims
import Glibc
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
    /// Where text and pictures go.
    public var output: any ScriptOutput

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

    /// Throws `ScriptInterruption` after Ctrl-C.
    public func checkInterrupt() throws {
        if hire_lua_interrupted() != 0 { throw ScriptInterruption() }
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

/// Text to standard output.
public struct StandardOutput: ScriptOutput {
    /// Standard output.
    public init() {}

    /// Writes text as it stands, at once: whoever reads a log sees it grow, and nothing is lost in a sudden end.
    public func write(_ text: String) {
        Swift.print(text, terminator: "")
        fflush(nil)
    }

    /// Nothing: a terminal shows no pictures, and the script says where it saved them.
    public func show(png: [UInt8], path: String) {}

    /// A bar on a terminal, lines elsewhere.
    public var progressStyle: ProgressBar.Style { Terminal.isErrorTerminal ? .bar : .lines }
}
