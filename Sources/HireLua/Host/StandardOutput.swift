import Glibc

/// Text to standard output.
public struct StandardOutput: ScriptOutput {
    /// How progress is drawn; nil looks whether standard error is a terminal.
    private let style: ProgressBar.Style?
    private let reader = Reader()

    /// Whether anyone takes the text.
    private final class Reader {
        var isGone = false
    }

    /// Standard output.
    ///
    /// - Parameter isQuiet: draws no progress.
    public init(isQuiet: Bool = false) { style = isQuiet ? .silent : nil }

    /// Writes text as it stands, at once: whoever reads a log sees it grow, and nothing is lost in a sudden end.
    ///
    /// A reader that went away (`| head`) or a full disk behind standard output does not end a run whose results lie
    /// elsewhere; it is said once.
    public func write(_ text: String) {
        // What Lua's own io.write has not handed over yet comes first.
        fflush(nil)
        if reader.isGone { return }
        guard let error = Terminal.write(text, to: STDOUT_FILENO) else { return }
        reader.isGone = true
        let reason = error == EPIPE ? "nobody reads it any more" : String(cString: strerror(error))
        Terminal.writeError(
            "hire: standard output cannot be written (\(reason)); the script goes on without it.\n")
    }

    /// Nothing: a terminal shows no pictures, and the script says where it saved them.
    public func show(png: [UInt8], path: String) {}

    /// A bar on a terminal, lines elsewhere.
    public var progressStyle: ProgressBar.Style {
        style ?? (Terminal.isErrorTerminal ? .bar : .lines)
    }
}
