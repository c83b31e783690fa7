import CLua
import CLuaShims
import HireVLM

/// A Lua function held by Swift.
public final class LuaFunction: ScriptCallable {
    let reference: LuaReference
    /// The description, if the function is one that Swift published.
    let adapter: LuaFunctionAdapter?

    init(_ reference: LuaReference, adapter: LuaFunctionAdapter? = nil) {
        self.reference = reference
        self.adapter = adapter
    }

    /// The state it belongs to, while that is open.
    public var state: LuaState? { reference.state }

    /// Calls it.
    ///
    /// - Throws: `LuaError` with the Lua file and line; `ScriptError.message` when the state was closed.
    public func call(_ arguments: [ScriptValue]) throws -> [ScriptValue] {
        guard let state = reference.state, !state.isClosed else {
            throw ScriptError.message("A Lua function was called after its script had ended.")
        }
        return try state.balanced { stack in
            let base = lua_gettop(stack)
            try state.reserve(arguments.count + 8)
            reference.push()
            for argument in arguments { try state.push(argument) }
            guard hire_lua_pcall(stack, Int32(arguments.count), LUA_MULTRET) == LUA_OK else {
                throw state.popError()
            }
            let results = try (base..<lua_gettop(stack)).map { try state.read($0 + 1) }
            lua_settop(stack, base)
            return results
        }
    }
}

/// A function of another kind (another state's, or Swift's own) made callable from Lua.
final class LuaCallableEntry: LuaEntry {
    private let callable: any ScriptCallable

    init(_ callable: any ScriptCallable) { self.callable = callable }

    func enter(_ state: LuaState) throws -> Int32 {
        let count = lua_gettop(state.current)
        let arguments = try (0..<count).map { try state.read($0 + 1) }
        let results = try callable.call(arguments)
        try state.reserve(results.count + 4)
        for result in results { try state.push(result) }
        return Int32(results.count)
    }
}

/// An object on which scripts may set fields of their own.
protocol LuaFieldHolder: ScriptObject {
    /// The table of the fields, or nil if this object has none; it must not lead back to the object, or neither is
    /// ever released.
    var fields: LuaReference? { get }
    /// What a name means that is neither a field, a method nor a property; nil for nothing.
    func ownValue(_ name: String) throws -> ScriptValue?
}
