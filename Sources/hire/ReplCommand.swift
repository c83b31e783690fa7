import ArgumentParser
import HireFiles
import HireLua
import HireVLM

/// `hire repl`.
struct ReplCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repl", abstract: "Try Lua statements and expressions one by one.",
        discussion: """
            An expression prints its values. Unfinished statements go on in the next line; an empty line gives up. \
            Tab completes names, the arrow keys recall earlier lines, Ctrl-D ends.
            """)

    @OptionGroup var script: ScriptOptions

    func run() throws {
        let state = try script.makeState(folder: "runs/repl")
        defer { state.close() }
        try state.run("hire = require \"hire\"", name: "start")
        let session = ScriptSession(state: state)
        if Terminal.isInputTerminal {
            print("hire \(ToolkitVersion.text), Lua \(LuaVersion.text). hire.help() helps.")
        }
        let editor = LineEditor(
            history: LineHistory.standard(), complete: { state.completions(of: $0) })
        ReplLoop(session: session, editor: editor, state: state).run()
    }
}

/// Reads, evaluates and prints until the input ends.
private struct ReplLoop {
    let session: ScriptSession
    let editor: LineEditor
    let state: LuaState

    func run() {
        var pending = ""
        while let line = editor.read(prompt: pending.isEmpty ? "> " : ">> ") {
            if !pending.isEmpty, line.isEmpty {
                // An empty line gives up on what is unfinished, and says why it was.
                pending = ""
                continue
            }
            let source = pending.isEmpty ? line : pending + "\n" + line
            if source.allSatisfy(\.isWhitespace) { continue }
            pending = evaluate(source) ? "" : source
        }
        if Terminal.isInputTerminal { print() }
    }

    /// Runs code; false if it is incomplete.
    private func evaluate(_ source: String) -> Bool {
        state.watchInterrupts()
        defer { state.unwatchInterrupts() }
        switch session.evaluate(source, name: "repl") {
        case .incomplete: return false
        case .values(let values):
            if !values.isEmpty { print(values.map(\.text).joined(separator: "\t")) }
        case .failure(let error):
            Machine.flush()
            _ = Complaint.print(error)
        }
        Machine.flush()
        return true
    }
}
