import HireVLM

/// Progress of long work on standard error: title, bar, count, rate, time left and a note.
///
/// On a terminal one line is drawn again and again, at most ten times a second. Elsewhere a line appears at the start
/// and the end and at most every 30 seconds in between, so that a log stays short.
public final class ProgressBar: ScriptProgress {
    /// How progress is drawn.
    public enum Style: Sendable {
        case bar, lines, silent
    }

    private let title: String
    private let total: Int
    private let style: Style
    private let now: () -> Double
    private let write: (String) -> Void
    private let width: () -> Int
    private let start: Double
    private var lastShown = -Double.infinity
    private var done = 0
    private var note = ""
    private var isFinished = false
    private var lastLine = ""

    /// Progress over `total` items.
    ///
    /// - Parameters:
    ///   - now: seconds on a clock that never goes back.
    ///   - write: takes the text to show.
    ///   - width: columns there are for a bar.
    public init(
        _ title: String, total: Int, style: Style, now: @escaping () -> Double = ProgressBar.clock,
        write: @escaping (String) -> Void = Terminal.writeError,
        width: @escaping () -> Int = { Terminal.columns }
    ) {
        self.title = title
        self.total = total
        self.style = style
        self.now = now
        self.write = write
        self.width = width
        start = now()
    }

    deinit { finish() }

    /// Moves to `done` items.
    public func update(_ done: Int, note: String) {
        self.done = done
        self.note = note
        let least = style == .bar ? 0.1 : 30
        let time = now()
        if time - lastShown < least { return }
        lastShown = time
        show(ended: false)
    }

    /// Ends it; the last state stays visible.
    public func finish() {
        if isFinished { return }
        isFinished = true
        show(ended: true)
    }

    private func show(ended: Bool) {
        switch style {
        case .silent: break
        case .lines:
            // The last update may have said it all.
            if line == lastLine { return }
            lastLine = line
            write(line + "\n")
        case .bar:
            // Carriage return, text, clear to the end of the line.
            write(
                "\r" + String(barLine.prefix(max(20, width() - 1))) + "\u{1B}[K"
                    + (ended ? "\n" : ""))
        }
    }

    private var share: Double { total > 0 ? min(1, Double(done) / Double(total)) : 0 }

    private var timing: String {
        let elapsed = now() - start
        if done >= total { return "in \(Self.duration(elapsed))" }
        guard done > 0, elapsed > 0 else { return "" }
        return "ETA \(Self.duration(elapsed / Double(done) * Double(total - done)))"
    }

    private var line: String {
        join([title, "\(done)/\(total)", "\(Int(share * 100))%", timing, note])
    }

    private var barLine: String {
        let length = min(24, max(6, width() / 4))
        let filled = Int(share * Double(length))
        let bar =
            String(repeating: "━", count: filled) + String(repeating: "─", count: length - filled)
        return join([title, bar, "\(done)/\(total)", timing, note])
    }

    private func join(_ parts: [String]) -> String {
        parts.filter { !$0.isEmpty }.joined(separator: "  ")
    }

    /// Seconds as `0:42` or `1:02:03`.
    static func duration(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        let padded = { (value: Int) in value < 10 ? "0\(value)" : "\(value)" }
        if whole < 3600 { return "\(whole / 60):\(padded(whole % 60))" }
        return "\(whole / 3600):\(padded(whole / 60 % 60)):\(padded(whole % 60))"
    }

    /// Seconds since some moment.
    public static func clock() -> Double {
        let time = ContinuousClock.now - ContinuousClock.Instant.reference
        let (seconds, attoseconds) = time.components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }
}

extension ContinuousClock.Instant {
    /// The moment that `ProgressBar.clock` counts from.
    fileprivate static let reference = ContinuousClock.now
}
