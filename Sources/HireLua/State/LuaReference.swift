import CLua
import CLuaShims
import HireVLM

/// Keeps one Lua value alive for Swift; the value is free for the collector when the reference goes.
final class LuaReference {
    private(set) weak var state: LuaState?
    /// Where the registry holds it.
    let number: Int32

    /// Takes the value on top of the stack.
    init(taking state: LuaState) {
        self.state = state
        number = hire_lua_keep(state.current)
    }

    deinit {
        if let state, !state.isClosed { luaL_unref(state.current, hire_lua_registry_index, number) }
    }

    /// Pushes the value; nil if the state is gone.
    func push() {
        guard let state, !state.isClosed else { return }
        lua_rawgeti(state.current, hire_lua_registry_index, lua_Integer(number))
    }
}

extension LuaState {
    /// An empty table held by Swift.
    func newTable() -> LuaReference {
        lua_createtable(current, 0, 4)
        return LuaReference(taking: self)
    }
}

extension LuaReference {
    /// A field of the table, without metamethods.
    func field(_ name: String) throws -> ScriptValue {
        guard let state, !state.isClosed else { return .none }
        return try state.balanced { stack in
            try state.reserve(8)
            push()
            hire_lua_raw_get_field(stack, -1, name)
            let value = try state.read(-1)
            hire_lua_pop(stack, 2)
            return value
        }
    }
}
