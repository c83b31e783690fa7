import CLua
import CLuaShims
import HireVLM

/// An error that a script raised, with its Lua file and line in front of the message.
public struct LuaError: Error, CustomStringConvertible {
    /// What kind of failure it is, as `ErrorReport.Kind`.
    public let kind: ErrorReport.Kind
    /// The full sentence, beginning with `file:line:` where that is known.
    public let message: String
    /// The module path in which it happened, if it happened inside a module.
    public let path: String?
    /// The stack of Lua calls at the moment of the error.
    public let traceback: String
    /// What asked to stop, for an interruption.
    public let signal: ScriptInterruption.Signal?

    /// An error from its parts.
    public init(
        kind: ErrorReport.Kind = .lua, message: String, path: String? = nil, traceback: String = "",
        signal: ScriptInterruption.Signal? = nil
    ) {
        self.signal = signal
        self.kind = kind
        self.message = message
        self.path = path
        self.traceback = traceback
    }

    /// The message.
    public var description: String { message }
}

extension LuaState {
    /// Pops the error value on top of the stack.
    func popError() -> LuaError {
        let stack = current
        defer { hire_lua_pop(stack, 1) }
        guard hire_lua_is_error(stack, -1) != 0 else {
            return LuaError(message: string(at: -1) ?? "an error inside the error handler.")
        }
        let kind = rawField("kind").flatMap(ErrorReport.Kind.init(rawValue:)) ?? .lua
        return LuaError(
            kind: kind, message: rawField("message") ?? "an error without a message.",
            path: rawField("path"), traceback: rawField("traceback") ?? "",
            signal: rawField("signal").flatMap(ScriptInterruption.Signal.init(rawValue:)))
    }

    /// Pushes an error table for a Swift error: what `pcall` gives to the script.
    func pushError(_ error: any Error) {
        let report = ErrorReport(error)
        let stack = current
        _ = lua_checkstack(stack, 12)
        push(text: report.message)
        // An error that came out of Lua already says where.
        let needsPosition: Int32 = report.hasPosition ? 0 : 1
        if let path = report.path {
            hire_lua_push_error(stack, report.kind.rawValue, path, needsPosition)
        } else {
            hire_lua_push_error(stack, report.kind.rawValue, nil, needsPosition)
        }
        if !report.traceback.isEmpty {
            push(text: report.traceback)
            hire_lua_raw_set_field(stack, -2, "traceback")
        }
        if let signal = report.signal {
            push(text: signal.rawValue)
            hire_lua_raw_set_field(stack, -2, "signal")
        }
    }

    private func rawField(_ name: String) -> String? {
        let stack = current
        hire_lua_raw_get_field(stack, -1, name)
        defer { hire_lua_pop(stack, 1) }
        return string(at: -1)
    }
}
