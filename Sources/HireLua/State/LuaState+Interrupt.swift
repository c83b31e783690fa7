import CLuaShims
import HireVLM

extension LuaState {
    /// Ctrl-C stops this state's code from now on; a second one ends the program.
    ///
    /// One state at a time.
    public func watchInterrupts() { watch(all: false) }

    /// Every signal of `ScriptInterruption.Signal` stops this state's code from now on.
    ///
    /// A later SIGINT, SIGTERM or SIGHUP ends the program. A standard output that nobody reads any more is no reason to
    /// stop.
    public func watchSignals() {
        hire_lua_survive_broken_pipes()
        watch(all: true)
    }

    /// From now on a file that may not grow (`ulimit -f`) is an error of the write, as a full disk is, and not the end of
    /// the process.
    public static func surviveFullFiles() { hire_lua_survive_full_files() }

    /// Gives the signals back to the system and forgets one that was dealt with.
    public func unwatchInterrupts() {
        hire_lua_clear_interrupt()
        hire_lua_ignore_signals()
    }

    /// The signal that asked to stop; nil if none did.
    public static var arrivedSignal: ScriptInterruption.Signal? {
        ScriptInterruption.Signal(number: hire_lua_interrupted())
    }

    private func watch(all: Bool) {
        hire_lua_clear_interrupt()
        hire_lua_watch_signals(main, all ? 1 : 0)
    }
}
