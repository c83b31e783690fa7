import CLua
import CLuaShims
import HireVLM

extension LuaState {
    /// Names that can follow the end of a line, each as the text to put in place of the unfinished name.
    ///
    /// - Parameter line: what stands before the cursor, such as `local t = hire.ten`.
    /// - Returns: the number of characters of the unfinished name, and the names that begin with them.
    public func completions(of line: String) -> (prefix: Int, names: [String]) {
        let path = line.reversed().prefix { $0.isLetter || $0.isNumber || "_.:".contains($0) }
            .reversed()
        var parts: [String] = []
        var current = ""
        for character in path {
            if character == "." || character == ":" {
                parts.append(current)
                current = ""
            } else {
                current.append(character)
            }
        }
        let names = (try? balanced { _ in try self.fieldNames(under: parts) }) ?? []
        return (current.count, names.filter { $0.hasPrefix(current) }.sorted())
    }

    /// Names in the value that a path of names leads to, without running any code of the script.
    private func fieldNames(under path: [String]) throws -> [String] {
        let stack = current
        let base = lua_gettop(stack)
        defer { lua_settop(stack, base) }
        try reserve(path.count + 12)
        lua_rawgeti(stack, hire_lua_registry_index, lua_Integer(LUA_RIDX_GLOBALS))
        for name in path {
            guard lua_type(stack, -1) == LUA_TTABLE else { return [] }
            hire_lua_raw_get_field(stack, -1, name)
        }
        switch lua_type(stack, -1) {
        case LUA_TTABLE:
            guard hire_lua_keys(stack, -1) == LUA_OK else { throw popError() }
            return (0..<Int(lua_rawlen(stack, -1))).compactMap { position in
                lua_rawgeti(stack, -1, lua_Integer(position + 1))
                defer { hire_lua_pop(stack, 1) }
                return string(at: -1)
            }
        case LUA_TUSERDATA:
            guard hire_lua_box(stack, -1) != nil else { return [] }
            let described = Swift.type(of: try object(at: -1)).scriptClass
            return described.allMethods.map(\.name) + described.allProperties.map(\.name)
        case LUA_TSTRING:
            return [
                "byte", "find", "format", "gmatch", "gsub", "len", "lower", "match", "rep",
                "reverse", "sub", "upper",
            ]
        default: return []
        }
    }
}
