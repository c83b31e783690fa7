import CLuaShims

extension LuaState {
    /// Ctrl-C stops this state's code from now on; a second one ends the program.
    ///
    /// One state at a time.
    public func watchInterrupts() {
        hire_lua_clear_interrupt()
        hire_lua_watch_interrupts(main)
    }

    /// Gives Ctrl-C back to the system and forgets one that was dealt with.
    public func unwatchInterrupts() {
        hire_lua_clear_interrupt()
        hire_lua_ignore_interrupts()
    }
}
