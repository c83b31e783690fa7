import CLua
import CLuaShims
import HireVLM

/// Something in Swift that Lua can call: it finds its arguments on the state's current stack from 1 up, pushes its
/// results and returns how many.
protocol LuaEntry: AnyObject {
    func enter(_ state: LuaState) throws -> Int32
}

/// What a userdata of ours holds: a tensor, another object, or something that Lua can call.
class LuaPayload {
    enum Content {
        case tensor(TensorObject)
        case object(any ScriptObject)
        case entry(any LuaEntry)
    }

    fileprivate enum Kind: UInt8 { case tensor, object, entry }
    private let kind: Kind

    fileprivate init(_ kind: Kind) { self.kind = kind }

    /// What is inside; the kind makes the casts certain, and they are on the way of every call.
    var content: Content {
        switch kind {
        case .tensor: .tensor(unsafeDowncast(self, to: TensorObject.self))
        case .object: .object(unsafeDowncast(self, to: ObjectPayload.self).object)
        case .entry: .entry(unsafeDowncast(self, to: EntryPayload.self).entry)
        }
    }

    /// The payload behind a pointer that a box held.
    static func at(_ pointer: UnsafeMutableRawPointer) -> LuaPayload {
        Unmanaged<LuaPayload>.fromOpaque(pointer).takeUnretainedValue()
    }
}

/// An object of a scripted class.
final class ObjectPayload: LuaPayload {
    let object: any ScriptObject

    init(_ object: any ScriptObject) {
        self.object = object
        super.init(.object)
    }
}

/// Something that Lua can call.
final class EntryPayload: LuaPayload {
    let entry: any LuaEntry

    init(_ entry: any LuaEntry) {
        self.entry = entry
        super.init(.entry)
    }
}

/// A tensor, which is its own payload: scripts make many.
class TensorPayload: LuaPayload {
    init() { super.init(.tensor) }
}

/// Lua calls Swift here, through the trampoline; -1 means that the error is on top of the stack.
let luaEnter: hire_lua_call = { stack, object in
    guard let stack, let object, let owner = hire_lua_owner_of(stack).pointee.owner else {
        preconditionFailure("A Lua function was called without its state.")
    }
    let state = Unmanaged<LuaState>.fromOpaque(owner).takeUnretainedValue()
    guard case .entry(let entry) = LuaPayload.at(object).content else {
        preconditionFailure("A Lua function holds an object that cannot be called.")
    }
    let before = state.current
    state.current = stack
    defer { state.current = before }
    if state.collectsBeforeCalls { state.collectGarbage() }
    do {
        return try entry.enter(state)
    } catch {
        if error is ScriptEnd { hire_lua_end(stack) }
        state.pushError(error)
        return -1
    }
}

/// Lua gives up an object: its userdata was collected or closed.
let luaRelease: hire_lua_release = { stack, object in
    guard let stack, let object, let owner = hire_lua_owner_of(stack).pointee.owner else { return }
    let state = Unmanaged<LuaState>.fromOpaque(owner).takeUnretainedValue()
    let before = state.current
    state.current = stack
    defer { state.current = before }
    state.liveObjects -= 1
    Unmanaged<LuaPayload>.fromOpaque(object).release()
}
