import CLua
import CLuaShims

extension LuaFunction {
    /// Calls the function without arguments and gives its results as text for people; a lone nil gives nothing.
    ///
    /// - Throws: `LuaError`.
    func show() throws -> [ShownValue] {
        guard let state = reference.state, !state.isClosed else {
            throw LuaError(message: "A Lua function was called after its script had ended.")
        }
        return try state.balanced { stack in
            let base = lua_gettop(stack)
            try state.reserve(12)
            reference.push()
            guard hire_lua_pcall(stack, 0, LUA_MULTRET) == LUA_OK else { throw state.popError() }
            let count = lua_gettop(stack) - base
            var shown: [ShownValue] = []
            if count > 1 || (count == 1 && lua_type(stack, -1) != LUA_TNIL) {
                for index in (base + 1)...(base + count) {
                    if lua_type(stack, index) == LUA_TUSERDATA,
                        let object = try? state.object(at: index), let png = object.scriptPicture
                    {
                        state.host.show(png: png, path: object.scriptDescription)
                        continue
                    }
                    let rows = lua_type(stack, index) == LUA_TTABLE ? try? state.read(index) : nil
                    shown.append(
                        ShownValue(
                            text: try ValueDisplay(state).text(index),
                            table: rows.flatMap(RecordTable.markdown)))
                }
            }
            lua_settop(stack, base)
            return shown
        }
    }
}

/// Writes Lua values as people want to see them: tables with their contents, strings in tables quoted.
struct ValueDisplay {
    private let state: LuaState
    private static let deepest = 4
    private static let longest = 60

    init(_ state: LuaState) { self.state = state }

    func text(_ index: Int32, depth: Int = 0) throws -> String {
        let stack = state.current
        if lua_type(stack, index) == LUA_TTABLE, hire_lua_is_error(stack, index) == 0,
            try !hasOwnText(index)
        {
            return try table(lua_absindex(stack, index), depth: depth)
        }
        if lua_type(stack, index) == LUA_TFUNCTION {
            // Without the address, which differs from run to run.
            return state.adapter(at: index).map { "function \($0.displayName)" } ?? "function"
        }
        let text = try state.text(of: index)
        guard depth > 0, lua_type(stack, index) == LUA_TSTRING else { return text }
        return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    private func hasOwnText(_ index: Int32) throws -> Bool {
        let stack = state.current
        guard lua_getmetatable(stack, index) != 0 else { return false }
        hire_lua_raw_get_field(stack, -1, "__tostring")
        defer { hire_lua_pop(stack, 2) }
        return lua_type(stack, -1) != LUA_TNIL
    }

    private func table(_ index: Int32, depth: Int) throws -> String {
        let stack = state.current
        if depth >= Self.deepest { return "{…}" }
        try state.reserve(8)
        guard hire_lua_keys(stack, index) == LUA_OK else { throw state.popError() }
        let keys = lua_gettop(stack)
        defer { lua_settop(stack, keys - 1) }
        let count = Int(lua_rawlen(stack, keys))
        let length = Int(lua_rawlen(stack, index))
        var items: [String] = []
        for position in stride(from: 1, through: min(length, Self.longest), by: 1) {
            lua_rawgeti(stack, index, lua_Integer(position))
            items.append(try text(-1, depth: depth + 1))
            hire_lua_pop(stack, 1)
        }
        var named: [String] = []
        for position in stride(from: 1, through: count, by: 1) where named.count < Self.longest {
            lua_rawgeti(stack, keys, lua_Integer(position))
            defer { hire_lua_pop(stack, 1) }
            let isPosition =
                lua_isinteger(stack, -1) != 0
                && (1...max(1, length)).contains(
                    Int(lua_tointegerx(stack, -1, nil)))
                && length > 0
            if isPosition { continue }
            let key = try state.text(of: -1)
            lua_pushvalue(stack, -1)
            lua_rawget(stack, index)
            defer { hire_lua_pop(stack, 1) }
            named.append("\(key) = \(try text(-1, depth: depth + 1))")
        }
        items += named.sorted()
        if length + (count - length) > items.count { items.append("…") }
        let line = "{ " + items.joined(separator: ", ") + " }"
        if items.isEmpty { return "{}" }
        if line.count <= 96, !line.contains("\n") { return line }
        let indent = String(repeating: "  ", count: depth + 1)
        return "{\n" + items.map { indent + $0 }.joined(separator: ",\n") + "\n"
            + String(repeating: "  ", count: depth) + "}"
    }
}
