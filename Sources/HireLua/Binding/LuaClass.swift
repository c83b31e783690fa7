import CLua
import CLuaShims
import HireFiles
import HireVLM

/// A scripted class in one state: its metatable and the names it answers to.
final class LuaClass {
    let metatable: LuaReference
    let scriptClass: ScriptClass

    init(_ scriptClass: ScriptClass, in state: LuaState) {
        self.scriptClass = scriptClass
        let stack = state.current
        lua_createtable(stack, 0, 16)
        // Methods are found by the shim without entering Swift; everything else ends in the reader.
        lua_createtable(stack, 0, Int32(clamping: scriptClass.allMethods.count))
        for method in scriptClass.allMethods {
            state.pushFunction(
                LuaFunctionAdapter(method, owner: scriptClass.name, receiver: scriptClass.name))
            hire_lua_raw_set_field(stack, -2, method.name)
        }
        state.pushBox(EntryPayload(LuaFieldReader(scriptClass)), uservalues: 0)
        hire_lua_push_release(stack)
        Self.setReleaseMetatable(stack)
        hire_lua_push_index(stack)
        hire_lua_raw_set_field(stack, -2, "__index")
        hire_lua_push_new_index(stack)
        hire_lua_raw_set_field(stack, -2, "__newindex")
        for name in ["__gc", "__close"] {
            hire_lua_push_release(stack)
            hire_lua_raw_set_field(stack, -2, name)
        }
        state.pushFunction(LuaDescriber(scriptClass))
        hire_lua_raw_set_field(stack, -2, "__tostring")
        for name in ["__name", "__metatable"] {
            state.push(text: scriptClass.name)
            hire_lua_raw_set_field(stack, -2, name)
        }
        if let call = scriptClass.callOrInherited {
            state.pushFunction(
                LuaFunctionAdapter(call, owner: scriptClass.name, receiver: scriptClass.name))
            hire_lua_raw_set_field(stack, -2, "__call")
        }
        for (symbol, function) in scriptClass.operators {
            state.pushFunction(LuaOperatorEntry(symbol, function, owner: scriptClass.name))
            hire_lua_raw_set_field(stack, -2, symbol.event)
        }
        metatable = LuaReference(taking: state)
    }

    /// Pops the release function and gives the box beneath it a metatable with it.
    private static func setReleaseMetatable(_ stack: OpaquePointer) {
        lua_createtable(stack, 0, 1)
        lua_rotate(stack, -2, 1)
        hire_lua_raw_set_field(stack, -2, "__gc")
        lua_setmetatable(stack, -2)
    }
}

extension LuaState {
    /// The class of a Swift type, made on first use.
    func luaClass(of type: any ScriptObject.Type) throws -> LuaClass {
        let key = ObjectIdentifier(type)
        if let known = classes[key] { return known }
        try reserve(16)
        let made = LuaClass(type.scriptClass, in: self)
        classes[key] = made
        return made
    }
}

extension ScriptOperator {
    /// The name of Lua's metamethod.
    var event: String {
        switch self {
        case .add: "__add"
        case .subtract: "__sub"
        case .multiply: "__mul"
        case .divide: "__div"
        case .power: "__pow"
        case .negate: "__unm"
        case .length: "__len"
        }
    }
}

/// Reads properties; the last stop of `object.name`.
private final class LuaFieldReader: LuaEntry {
    private let scriptClass: ScriptClass
    private let properties: [String: ScriptProperty]

    init(_ scriptClass: ScriptClass) {
        self.scriptClass = scriptClass
        properties = Dictionary(
            scriptClass.allProperties.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }
        )
    }

    func enter(_ state: LuaState) throws -> Int32 {
        guard let name = state.string(at: 2) else {
            throw ScriptError.message(
                "\(scriptClass.name) has no positions to index; its fields and methods have names.")
        }
        if let property = properties[name] {
            try state.push(state.scripted(try property.get(state.object(at: 1)), as: property.type))
            return 1
        }
        if let holder = try state.object(at: 1) as? any LuaFieldHolder, holder.fields != nil {
            // Own fields that were never set read as nil, as they do in a table.
            try state.push(try holder.ownValue(name) ?? .none)
            return 1
        }
        let known = properties.keys + scriptClass.allMethods.map(\.name)
        throw ScriptError.message(
            NearestNames.sentence(
                kind: "field or method of \(scriptClass.name)", name: name, among: known.sorted()))
    }
}

/// `tostring(object)`.
private final class LuaDescriber: LuaEntry {
    private let scriptClass: ScriptClass

    init(_ scriptClass: ScriptClass) { self.scriptClass = scriptClass }

    func enter(_ state: LuaState) throws -> Int32 {
        if hire_lua_is_closed_box(state.current, 1) != 0 {
            state.push(text: "\(scriptClass.name) (closed)")
        } else {
            state.push(text: try state.object(at: 1).scriptDescription)
        }
        return 1
    }
}

/// An operator: Lua passes both operands, for `-` and `#` the same one twice.
private final class LuaOperatorEntry: LuaEntry {
    private let adapter: LuaFunctionAdapter
    private let isUnary: Bool

    init(_ symbol: ScriptOperator, _ function: ScriptFunction, owner: String) {
        adapter = LuaFunctionAdapter(function, owner: owner)
        isUnary = symbol == .negate || symbol == .length
    }

    func enter(_ state: LuaState) throws -> Int32 {
        if isUnary { lua_settop(state.current, 1) }
        return try adapter.enter(state)
    }
}
