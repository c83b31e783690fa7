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
        _ = write(text, to: STDERR_FILENO)
    }

    /// Writes all of a text at once, whatever signals arrive meanwhile; returns the error number of a failure.
    static func write(_ text: String, to descriptor: Int32) -> Int32? {
        var text = text
        return text.withUTF8 { bytes in
            var sent = 0
            while sent < bytes.count {
                let rest = UnsafeRawBufferPointer(
                    rebasing: UnsafeRawBufferPointer(bytes)[sent...])
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                if count < 0, errno == EAGAIN {
                    // Whoever shares the terminal made it return at once.
                    var full = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&full, 1, 1000)
                    continue
                }
                if count <= 0 { return count < 0 ? errno : EIO }
                sent += count
            }
            return nil
        }
    }

    /// The value of an environment variable.
    public static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    private static var isDumb: Bool { environment("TERM") == "dumb" }
}
