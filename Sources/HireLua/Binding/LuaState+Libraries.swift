import CLua
import CLuaShims
import HireFiles
import HireVLM

extension LuaState {
    /// Makes libraries available as `require "hire"`: the one without a name gives the fields of `hire` itself, every
    /// other becomes a table in it.
    public func install(_ added: [ScriptLibrary]) throws {
        libraries += added
        try reserve(24)
        let stack = current
        let base = lua_gettop(stack)
        defer { lua_settop(stack, base) }
        pushLibraryRoot()
        let root = lua_gettop(stack)
        for library in added {
            if library.name.isEmpty {
                fill(library, table: root, owner: "hire")
            } else {
                lua_createtable(stack, 0, Int32(clamping: library.functions.count))
                fill(library, table: lua_gettop(stack), owner: "hire.\(library.name)")
                guardNames(of: "hire.\(library.name)")
                hire_lua_raw_set_field(stack, root, library.name)
            }
        }
    }

    private func fill(_ library: ScriptLibrary, table: Int32, owner: String) {
        let stack = current
        for function in library.functions {
            pushFunction(LuaFunctionAdapter(function, owner: owner))
            hire_lua_raw_set_field(stack, table, function.name)
        }
        for constant in library.constants {
            push(text: constant.value)
            hire_lua_raw_set_field(stack, table, constant.name)
        }
    }

    /// Pushes the table that `require "hire"` returns, made on first use.
    private func pushLibraryRoot() {
        let stack = current
        lua_rawgeti(stack, hire_lua_registry_index, lua_Integer(LUA_RIDX_GLOBALS))
        hire_lua_raw_get_field(stack, -1, "package")
        hire_lua_raw_get_field(stack, -1, "loaded")
        if hire_lua_raw_get_field(stack, -1, "hire") != LUA_TTABLE {
            hire_lua_pop(stack, 1)
            lua_createtable(stack, 0, 32)
            guardNames(of: "hire")
            lua_pushvalue(stack, -1)
            hire_lua_raw_set_field(stack, -3, "hire")
        }
        // Leave only the root.
        lua_rotate(stack, -4, 1)
        hire_lua_pop(stack, 3)
    }

    /// Gives the table on top a metatable that answers unknown names with the nearest known ones.
    private func guardNames(of owner: String) {
        let stack = current
        lua_createtable(stack, 0, 2)
        pushFunction(LuaUnknownName(owner))
        hire_lua_raw_set_field(stack, -2, "__index")
        push(text: owner)
        hire_lua_raw_set_field(stack, -2, "__name")
        lua_setmetatable(stack, -2)
    }
}

/// What indexing a library by a name it does not have does.
private final class LuaUnknownName: LuaEntry {
    private let owner: String

    init(_ owner: String) { self.owner = owner }

    func enter(_ state: LuaState) throws -> Int32 {
        let name = try state.text(of: 2)
        guard hire_lua_keys(state.current, 1) == LUA_OK else { throw state.popError() }
        var known: [String] = []
        for position in stride(from: 1, through: Int(lua_rawlen(state.current, -1)), by: 1) {
            lua_rawgeti(state.current, -1, lua_Integer(position))
            if let name = state.string(at: -1) { known.append(name) }
            hire_lua_pop(state.current, 1)
        }
        throw ScriptError.message(
            NearestNames.sentence(kind: "name in \(owner)", name: name, among: known.sorted()))
    }
}
