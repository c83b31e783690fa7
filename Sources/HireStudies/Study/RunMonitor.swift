import HireVLM

/// How long work reports and how it is asked to stop.
public struct RunMonitor {
    /// Starts a progress bar.
    public var progress: (_ title: String, _ total: Int) -> any ScriptProgress
    /// Throws when the user asked to stop; called once per step.
    public var checkInterrupt: () throws -> Void
    /// Whether another process has taken over what is worked on, so that nothing of it may be kept.
    var isLost: () -> Bool = { false }
    /// Prints one line.
    public var say: (String) -> Void
    /// Runs a piece of work that is not to be stopped half-way: scripted parts of it run to their end.
    public var whole: (() throws -> Void) throws -> Void

    /// Reporting through the given functions.
    public init(
        progress: @escaping (_ title: String, _ total: Int) -> any ScriptProgress,
        checkInterrupt: @escaping () throws -> Void, say: @escaping (String) -> Void,
        whole: @escaping (() throws -> Void) throws -> Void = { try $0() }
    ) {
        self.whole = whole
        self.progress = progress
        self.checkInterrupt = checkInterrupt
        self.say = say
    }

    /// Reporting to whoever hosts the script.
    public init(_ host: any ScriptHost) {
        self.init(
            progress: { host.progress($0, total: $1) },
            checkInterrupt: { try host.checkInterrupt() },
            say: { host.print($0) }, whole: { try host.deferringInterrupts($0) })
    }

    /// Whether someone asked to stop.
    var isAskedToStop: Bool {
        do {
            try checkInterrupt()
            return false
        } catch {
            return true
        }
    }

    /// Reports nothing and never stops.
    public static var silent: RunMonitor {
        RunMonitor(progress: { _, _ in SilentProgress() }, checkInterrupt: {}, say: { _ in })
    }
}

private final class SilentProgress: ScriptProgress {
    func update(_ done: Int, note: String) {}
    func finish() {}
}
