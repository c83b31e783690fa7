import CLua
import CLuaShims
import HireVLM

extension LuaState {
    /// Compiles Lua source.
    ///
    /// - Parameters:
    ///   - source: the text; compiled Lua is refused.
    ///   - name: what error messages call it, such as `experiment.lua`.
    /// - Throws: `LuaError` with the line of a syntax error.
    public func load(_ source: String, name: String) throws -> LuaFunction {
        try balanced { stack in
            try reserve(8)
            var source = source
            let status = source.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { characters in
                    luaL_loadbufferx(
                        stack, characters.baseAddress, characters.count, "@" + name, "t")
                }
            }
            guard status == LUA_OK else {
                let message = string(at: -1) ?? "the source cannot be compiled."
                hire_lua_pop(stack, 1)
                throw LuaError(message: message)
            }
            return LuaFunction(LuaReference(taking: self))
        }
    }

    /// Compiles and runs Lua source; gives what it returns.
    ///
    /// - Throws: `LuaError` with the Lua file and line.
    @discardableResult
    public func run(_ source: String, name: String) throws -> [ScriptValue] {
        // A first line such as "#!/usr/bin/env -S hire run" is for the shell; its line number stays taken.
        let text = source.hasPrefix("#") ? "--" + source : source
        return try load(text, name: name).call([])
    }
}
