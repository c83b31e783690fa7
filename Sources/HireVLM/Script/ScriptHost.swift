import HireTensor

/// What a running script can reach: the services that functions need and that no global provides.
public protocol ScriptHost: AnyObject {
    /// Where new tensors are made.
    var context: Context { get }
    /// A context that computes shapes and costs and no values.
    func shapesContext() -> Context
    /// Makes new tensors in another context while `body` runs.
    func making<R>(in context: Context, _ body: () throws -> R) rethrows -> R
    /// The plugins that exist.
    var catalog: PluginCatalog { get set }
    /// The folder for results (`--out`); created when something is first written.
    var outputFolder: String { get }
    /// Whether the experiment should shrink itself to under a minute (`--smoke`).
    var isSmoke: Bool { get }
    /// Arguments behind `--` on the command line.
    var arguments: [String] { get }
    /// What the command line asks of the studies in the script.
    var studyRequest: StudyRequest { get }
    /// Notes that a study took a part of the request; what none took is reported when the script has ended.
    func take(_ part: StudyRequest.Part)
    /// Notes that a study works in a folder; false if another study of this script does, which would replace it.
    func claim(_ folder: String, for study: String) -> Bool
    /// Writes text as it stands for the user (standard output, or the notebook's cell).
    func write(_ text: String)
    /// Shows a PNG inline where that is possible (notebooks); the path is where it was saved.
    func show(png: [UInt8], path: String)
    /// Progress of long work, drawn as a bar on a terminal and as sparse lines in a log.
    func progress(_ title: String, total: Int) -> any ScriptProgress
    /// Notes that items of a study failed while the rest went on (`--keep-going`).
    func note(failedItems count: Int)
    /// Notes how far a study is that was asked to stop, in a sentence for whoever reads why the program ended.
    func note(progressWhenStopped sentence: String)
    /// Throws when the user asked to stop (Ctrl-C) or the system did, so that long work ends at a clean point.
    func checkInterrupt() throws
    /// Runs a piece of work whose scripted parts are not to be stopped half-way, such as one step of a training.
    func deferringInterrupts<R>(_ body: () throws -> R) rethrows -> R
}

extension ScriptHost {
    /// Nothing in particular.
    public var studyRequest: StudyRequest { StudyRequest() }

    /// Nothing is noted.
    public func take(_ part: StudyRequest.Part) {}

    /// Nothing is known of other studies.
    public func claim(_ folder: String, for study: String) -> Bool { true }

    /// Nothing is noted.
    public func note(failedItems count: Int) {}

    /// Nothing is noted.
    public func note(progressWhenStopped sentence: String) {}

    /// Nothing is stopped half-way here.
    public func deferringInterrupts<R>(_ body: () throws -> R) rethrows -> R { try body() }

    /// Writes text and ends the line.
    public func print(_ text: String) { write(text + "\n") }
}

/// A progress bar or its plain-text stand-in.
public protocol ScriptProgress: AnyObject {
    /// Moves to `done` items, with a short note such as "loss 0.31".
    func update(_ done: Int, note: String)
    /// Ends it.
    func finish()
}
