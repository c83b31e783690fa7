import HireLua

/// How an error ends the program: one sentence on standard error and an exit status.
enum Complaint {
    /// Says what went wrong; returns the exit status.
    static func print(_ error: any Error, traceback: Bool = false) -> Int32 {
        let report = ErrorReport(error)
        let red = Terminal.coloursErrors ? ("\u{1B}[31m", "\u{1B}[0m") : ("", "")
        Terminal.writeError("\(red.0)hire:\(red.1) \(report.message)\n")
        if traceback, !report.traceback.isEmpty {
            Terminal.writeError(report.traceback + "\n")
        }
        return report.exitCode
    }
}
