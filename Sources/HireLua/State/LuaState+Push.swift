import CLua
import CLuaShims
import HireArray
import HireTensor
import HireVLM

extension LuaState {
    /// Pushes one value of the closed set.
    func push(_ value: ScriptValue) throws {
        let stack = current
        switch value {
        case .none: lua_pushnil(stack)
        case .boolean(let flag): lua_pushboolean(stack, flag ? 1 : 0)
        case .integer(let integer): lua_pushinteger(stack, lua_Integer(integer))
        case .number(let number): lua_pushnumber(stack, number)
        case .string(let text): push(text: text)
        case .list(let items):
            try reserve(6)
            lua_createtable(stack, Int32(clamping: items.count), 0)
            for (offset, item) in items.enumerated() {
                try push(item)
                lua_rawseti(stack, -2, lua_Integer(offset + 1))
            }
        case .table(let fields):
            try reserve(6)
            lua_createtable(stack, 0, Int32(clamping: fields.count))
            for (key, value) in fields {
                push(text: key)
                try push(value)
                lua_rawset(stack, -3)
            }
        case .tensor(let tensor): try push(tensor)
        case .object(let object): try push(object)
        case .function(let function):
            if let function = function as? LuaFunction, function.reference.state === self {
                function.reference.push()
            } else {
                pushFunction(LuaCallableEntry(function))
            }
        }
    }

    /// Pushes text.
    func push(text: String) {
        var text = text
        text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                _ = lua_pushlstring(current, characters.baseAddress, characters.count)
            }
        }
    }

    /// Pushes a tensor as a new userdata, and lets the collector know when tensors hold much memory.
    func push(_ tensor: Tensor) throws {
        relieve(tensor.backend.ledger)
        if tensorMetatable == 0 {
            tensorMetatable = try luaClass(of: TensorObject.self).metatable.number
        }
        pushBox(TensorObject(tensor), uservalues: 0)
        lua_rawgeti(current, hire_lua_registry_index, lua_Integer(tensorMetatable))
        lua_setmetatable(current, -2)
    }

    /// Pushes an object: always the same userdata for the same object, as long as the script holds it.
    func push(_ object: any ScriptObject) throws {
        if let tensor = object as? TensorObject { return try push(tensor.tensor) }
        let stack = current
        try reserve(8)
        let key = UnsafeMutableRawPointer(bitPattern: UInt(bitPattern: object.scriptIdentity))
        pushIdentityTable()
        if lua_rawgetp(stack, -1, key) == LUA_TUSERDATA, hire_lua_box(stack, -1) != nil {
            lua_rotate(stack, -2, 1)
            hire_lua_pop(stack, 1)
            return
        }
        hire_lua_pop(stack, 1)
        let type = try luaClass(of: Swift.type(of: object))
        let fields = (object as? any LuaFieldHolder)?.fields
        pushBox(ObjectPayload(object), uservalues: fields == nil ? 0 : 1)
        if let fields {
            fields.push()
            lua_setiuservalue(stack, -2, 1)
        }
        type.metatable.push()
        lua_setmetatable(stack, -2)
        lua_pushvalue(stack, -1)
        lua_rawsetp(stack, -3, key)
        lua_rotate(stack, -2, 1)
        hire_lua_pop(stack, 1)
    }

    /// Pushes a Lua function that calls `entry`.
    func pushFunction(_ entry: any LuaEntry) {
        pushBox(EntryPayload(entry), uservalues: 0)
        hire_lua_push_function(current)
    }

    /// Pushes a box without a metatable.
    func pushBox(_ payload: LuaPayload, uservalues: Int32) {
        liveObjects += 1
        hire_lua_push_box(current, Unmanaged.passRetained(payload).toOpaque(), uservalues)
    }

    /// Pushes the table from object identity to userdata, which keeps no userdata alive.
    private func pushIdentityTable() {
        let stack = current
        hire_lua_registry_table(stack, identityKey)
        if lua_getmetatable(stack, -1) != 0 {
            hire_lua_pop(stack, 1)
            return
        }
        lua_createtable(stack, 0, 1)
        push(text: "v")
        hire_lua_raw_set_field(stack, -2, "__mode")
        lua_setmetatable(stack, -2)
    }

    private var identityKey: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

    /// Collects when tensors hold much more than after the last collection: Lua sees only a few bytes of each.
    private func relieve(_ ledger: MemoryLedger) {
        if pressure.shouldCollect(liveBytes: ledger.liveBytes) {
            collectGarbage()
            pressure.collected(liveBytes: ledger.liveBytes)
        }
    }
}
