import CLua
import CLuaShims
import HireTensor
import HireVLM

extension LuaState {
    /// Tables nested deeper than this are refused; a table that holds itself ends here too.
    private static let deepest = 64

    /// Reads any value at a stack index.
    ///
    /// - Throws: `ScriptError.message` for what no `ScriptValue` can hold: tables with both a list and names, keys
    ///   that are no strings, coroutines, foreign userdata, nesting beyond 64 levels.
    func read(_ index: Int32, depth: Int = 0) throws -> ScriptValue {
        let stack = current
        switch lua_type(stack, index) {
        case LUA_TNIL, LUA_TNONE: return .none
        case LUA_TBOOLEAN: return .boolean(lua_toboolean(stack, index) != 0)
        case LUA_TNUMBER:
            if lua_isinteger(stack, index) != 0 {
                return .integer(Int(lua_tointegerx(stack, index, nil)))
            }
            return .number(lua_tonumberx(stack, index, nil))
        case LUA_TSTRING: return .string(string(at: index) ?? "")
        case LUA_TTABLE: return try readTable(lua_absindex(stack, index), depth: depth)
        case LUA_TFUNCTION: return .function(function(at: index))
        case LUA_TUSERDATA:
            if let pointer = hire_lua_box(stack, index) {
                switch LuaPayload.at(pointer).content {
                case .tensor(let object): return .tensor(object.tensor)
                case .object(let object): return .object(object)
                case .entry: break
                }
            }
            if hire_lua_is_closed_box(stack, index) != 0 {
                throw ScriptError.message("This object was closed and cannot be used any more.")
            }
        default: break
        }
        throw ScriptError.message("A value of type \(typeName(index)) cannot be passed to hire.")
    }

    /// The text of a string; nil for every other type.
    ///
    /// Bytes that are no UTF-8 become U+FFFD.
    func string(at index: Int32) -> String? {
        guard lua_type(current, index) == LUA_TSTRING else { return nil }
        var length = 0
        guard let characters = lua_tolstring(current, index, &length) else { return nil }
        let bytes = UnsafeRawBufferPointer(start: characters, count: length)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What Lua's `tostring` gives for the value at an index.
    ///
    /// - Throws: `LuaError` when a `__tostring` fails.
    func text(of index: Int32) throws -> String {
        if let text = string(at: index) { return text }
        try reserve(6)
        guard hire_lua_tostring(current, index) == LUA_OK else { throw popError() }
        defer { hire_lua_pop(current, 1) }
        return string(at: -1) ?? ""
    }

    /// What messages call the type of the value at an index.
    func typeName(_ index: Int32) -> String {
        if let pointer = hire_lua_box(current, index) {
            switch LuaPayload.at(pointer).content {
            case .tensor: return "tensor"
            case .object(let object): return type(of: object).scriptClass.name
            case .entry: return "function"
            }
        }
        if hire_lua_is_closed_box(current, index) != 0 { return "closed object" }
        guard let name = lua_typename(current, lua_type(current, index)) else { return "value" }
        return String(cString: name)
    }

    /// A reference to the function at an index.
    func function(at index: Int32) -> LuaFunction {
        lua_pushvalue(current, index)
        return LuaFunction(LuaReference(taking: self), adapter: adapter(at: index))
    }

    /// The adapter behind a function that Swift published, for `help`.
    func adapter(at index: Int32) -> LuaFunctionAdapter? {
        guard let pointer = hire_lua_function_object(current, index),
            case .entry(let entry) = LuaPayload.at(pointer).content
        else { return nil }
        return entry as? LuaFunctionAdapter
    }

    /// Names of a table at an absolute index that are strings; nil if a key is neither a string nor in 1…`length`.
    private func names(_ index: Int32, length: Int) throws -> [String] {
        let stack = current
        guard hire_lua_keys(stack, index) == LUA_OK else { throw popError() }
        defer { hire_lua_pop(stack, 1) }
        let count = Int(lua_rawlen(stack, -1))
        if count == length { return [] }
        var names: [String] = []
        for position in 1...count {
            lua_rawgeti(stack, -1, lua_Integer(position))
            defer { hire_lua_pop(stack, 1) }
            if let name = string(at: -1) {
                names.append(name)
            } else if lua_isinteger(stack, -1) == 0 || lua_tointegerx(stack, -1, nil) < 1
                || lua_tointegerx(stack, -1, nil) > length
            {
                throw ScriptError.message(
                    "A table key must be a name or a position in a list without gaps, "
                        + "got \(try text(of: -1)) (\(typeName(-1))).")
            }
        }
        return names.sorted()
    }

    /// A table at an absolute index with a list and names: the list stands under the empty name.
    func readMixed(_ index: Int32) throws -> ScriptValue {
        try reserve(8)
        let stack = current
        let length = Int(lua_rawlen(stack, index))
        var fields: [(key: String, value: ScriptValue)] = []
        for name in try names(index, length: length) {
            push(text: name)
            lua_rawget(stack, index)
            defer { hire_lua_pop(stack, 1) }
            fields.append((name, try read(-1, depth: 1)))
        }
        var items: [ScriptValue] = []
        for position in stride(from: 1, through: length, by: 1) {
            lua_rawgeti(stack, index, lua_Integer(position))
            defer { hire_lua_pop(stack, 1) }
            items.append(try read(-1, depth: 1))
        }
        return .table([(key: "", value: .list(items))] + fields)
    }

    /// Refuses names in a table at an absolute index that must be a list.
    func refuseNames(_ index: Int32) throws {
        let length = Int(lua_rawlen(current, index))
        guard let name = try names(index, length: length).first else { return }
        throw ScriptError.message(
            "The field '\(name)' stands beside a list; options of a pattern stand in a table with it: "
                + "{ { \"encoder.**\", \(name) = … } }.")
    }

    private func readTable(_ index: Int32, depth: Int) throws -> ScriptValue {
        guard depth < Self.deepest else {
            throw ScriptError.message(
                "A table is nested more than \(Self.deepest) levels deep, or contains itself.")
        }
        try reserve(8)
        let stack = current
        let length = Int(lua_rawlen(stack, index))
        let names = try names(index, length: length)
        if !names.isEmpty, length > 0 {
            throw ScriptError.message(
                "A table must be a list or have named fields, not both; "
                    + "got \(length) items and the field '\(names[0])'.")
        }
        if names.isEmpty {
            var items: [ScriptValue] = []
            items.reserveCapacity(length)
            for position in stride(from: 1, through: length, by: 1) {
                lua_rawgeti(stack, index, lua_Integer(position))
                defer { hire_lua_pop(stack, 1) }
                items.append(try read(-1, depth: depth + 1))
            }
            return .list(items)
        }
        return .table(
            try names.map { name in
                push(text: name)
                lua_rawget(stack, index)
                defer { hire_lua_pop(stack, 1) }
                return (key: name, value: try read(-1, depth: depth + 1))
            })
    }
}
