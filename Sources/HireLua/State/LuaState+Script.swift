import CLua
import CLuaShims
import HireFiles
import HireVLM

extension LuaState {
    /// Sets the scene for a script file: the global `arg`, and `require` finding files beside the script first.
    public func prepare(script file: String, arguments: [String]) throws {
        let folder = FilePath.folder(of: file)
        try balanced { stack in
            try reserve(8)
            lua_rawgeti(stack, hire_lua_registry_index, lua_Integer(LUA_RIDX_GLOBALS))
            try push(.list(arguments.map(ScriptValue.string)))
            push(text: file)
            lua_rawseti(stack, -2, 0)
            hire_lua_raw_set_field(stack, -2, "arg")
            hire_lua_raw_get_field(stack, -1, "package")
            hire_lua_raw_get_field(stack, -1, "path")
            let path = string(at: -1) ?? ""
            hire_lua_pop(stack, 1)
            push(text: FilePath.join(folder, "?.lua") + ";" + path)
            hire_lua_raw_set_field(stack, -2, "path")
            hire_lua_pop(stack, 2)
        }
    }
}
