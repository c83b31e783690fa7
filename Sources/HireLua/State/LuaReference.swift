import CLua
import CLuaShims

/// Keeps one Lua value alive for Swift; the value is free for the collector when the reference goes.
final class LuaReference {
    private(set) weak var state: LuaState?
    private let number: Int32

    /// Takes the value on top of the stack.
    init(taking state: LuaState) {
        self.state = state
        number = luaL_ref(state.current, hire_lua_registry_index)
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
