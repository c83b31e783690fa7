import Glibc

/// What is known about the terminal.
public enum Terminal {
    /// Whether standard error goes to a terminal that can move its cursor.
    public static var isErrorTerminal: Bool { isatty(STDERR_FILENO) == 1 && !isDumb }
    /// Whether standard output goes to a terminal.
    public static var isOutputTerminal: Bool { isatty(STDOUT_FILENO) == 1 && !isDumb }
    /// Whether standard input comes from a terminal.
    public static var isInputTerminal: Bool { isatty(STDIN_FILENO) == 1 && !isDumb }

    /// Whether text on standard error may be coloured: a terminal, and neither NO_COLOR nor TERM=dumb is set.
    public static var coloursErrors: Bool {
        if let forced = environment("CLICOLOR_FORCE"), forced != "0", !forced.isEmpty {
            return true
        }
        return isErrorTerminal && (environment("NO_COLOR") ?? "").isEmpty
    }

    /// Columns of the terminal on standard error; 80 where unknown.
    public static var columns: Int {
        var size = winsize()
        if ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
            return Int(size.ws_col)
        }
        return 80
    }

    /// Writes to standard error at once.
    public static func writeError(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var sent = 0
            while sent < bytes.count {
                let count = Glibc.write(
                    STDERR_FILENO,
                    UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[sent...])
                        .baseAddress, bytes.count - sent)
                if count <= 0 { return }
                sent += count
            }
        }
    }

    /// The value of an environment variable.
    public static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    private static var isDumb: Bool { environment("TERM") == "dumb" }
}
