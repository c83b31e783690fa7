import CLua
import CLuaShims
import HireTensor
import HireVLM

/// One Lua interpreter: its globals, the Swift objects it holds and the way in and out.
///
/// A state is confined to one thread of control and owns its `lua_State`. No Lua function that can raise is called
/// from Swift except through the C shims; CLuaShims.h lists what may be called.
public final class LuaState {
    /// What scripts of this state can reach.
    public let host: any ScriptHost
    /// The stack in use: the main one, or that of the coroutine that called Swift.
    var current: OpaquePointer
    /// Swift objects that Lua holds now; zero after `close`.
    public internal(set) var liveObjects = 0
    /// Whether the state was ended.
    public private(set) var isClosed = false

    /// Where Lua code first got numbers that are not finite since the last module began, while layers look for them.
    var suspect: String?

    let main: OpaquePointer
    var classes: [ObjectIdentifier: LuaClass] = [:]
    /// Where the registry holds the metatable of tensors; 0 until the first one.
    var tensorMetatable: Int32 = 0
    var pressure = MemoryPressure()
    /// The libraries that `require "hire"` gives, in the order they were added.
    public internal(set) var libraries: [ScriptLibrary] = []

    /// A state with Lua's standard library and `print` going to the host.
    ///
    /// - Parameter allocations: how often Lua code may ask for memory until there counts as none; tests set it.
    /// - Throws: `ScriptError.message` when there is no memory for it.
    public init(host: any ScriptHost, allocations: Int = .max) throws {
        self.host = host
        guard let opened = hire_lua_open(nil, luaEnter, luaRelease, allocations) else {
            throw ScriptError.message("There is not enough memory to start Lua.")
        }
        main = opened
        current = opened
        hire_lua_owner_of(opened).pointee.owner = Unmanaged.passUnretained(self).toOpaque()
        setGlobal("print", entry: LuaPrint())
    }

    deinit { close() }

    /// Ends the interpreter and releases every Swift object it holds; calling it twice does nothing.
    public func close() {
        if isClosed { return }
        isClosed = true
        current = main
        bytesLeft = hire_lua_close(main)
        classes = [:]
    }

    /// Bytes that Lua itself holds (tables, strings, code; not tensors); zero after `close`.
    public var luaBytes: Int {
        isClosed ? bytesLeft : hire_lua_owner_of(main).pointee.bytes
    }

    /// Bytes that Lua had not given back when it ended.
    private var bytesLeft = 0

    /// Runs a complete collection now.
    public func collectGarbage() { _ = hire_lua_collect(current) }

    /// Makes the collector run as often as it can, and completely before every call into Swift: tests use it to find
    /// objects that are released too early.
    public func collectAggressively() {
        _ = hire_lua_gc_aggressive(main)
        collectsBeforeCalls = true
    }

    private(set) var collectsBeforeCalls = false

    /// Runs `body` while new tensors of scripts are made in a context, such as one that computes shapes only.
    func withContext<R>(_ context: Context, _ body: () throws -> R) rethrows -> R {
        if host.context === context { return try body() }
        return try host.making(in: context, body)
    }

    /// Runs `body`, which leaves the stack `change` higher than it found it.
    func balanced<R>(_ change: Int32 = 0, _ body: (OpaquePointer) throws -> R) rethrows -> R {
        let stack = current
        let before = lua_gettop(stack)
        let result: R
        do {
            result = try body(stack)
        } catch {
            lua_settop(stack, before)
            throw error
        }
        assert(lua_gettop(stack) == before + change, "The Lua stack is out of balance.")
        return result
    }

    /// Makes room for `count` more values.
    func reserve(_ count: Int) throws {
        guard count < 1_000_000, lua_checkstack(current, Int32(count)) != 0 else {
            throw ScriptError.message("Too many values at once for Lua's stack (\(count)).")
        }
    }

    /// Sets a global variable.
    public func setGlobal(_ name: String, to value: ScriptValue) throws {
        try balanced { stack in
            try reserve(6)
            lua_rawgeti(stack, hire_lua_registry_index, lua_Integer(LUA_RIDX_GLOBALS))
            try push(value)
            hire_lua_raw_set_field(stack, -2, name)
            hire_lua_pop(stack, 1)
        }
    }

    /// Reads a global variable.
    public func global(_ name: String) throws -> ScriptValue {
        try balanced { stack in
            try reserve(6)
            lua_rawgeti(stack, hire_lua_registry_index, lua_Integer(LUA_RIDX_GLOBALS))
            hire_lua_raw_get_field(stack, -1, name)
            let value = try read(-1)
            hire_lua_pop(stack, 2)
            return value
        }
    }

    func setGlobal(_ name: String, entry: any LuaEntry) {
        balanced { stack in
            lua_rawgeti(stack, hire_lua_registry_index, lua_Integer(LUA_RIDX_GLOBALS))
            pushFunction(entry)
            hire_lua_raw_set_field(stack, -2, name)
            hire_lua_pop(stack, 1)
        }
    }
}

/// Lua's `print`, written through the host.
private final class LuaPrint: LuaEntry {
    func enter(_ state: LuaState) throws -> Int32 {
        let count = lua_gettop(state.current)
        var parts: [String] = []
        for index in stride(from: Int32(1), through: count, by: 1) {
            parts.append(try state.text(of: index))
        }
        state.host.print(parts.joined(separator: "\t"))
        return 0
    }
}
