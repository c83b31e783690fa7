import CLua
import CLuaShims
import HireFiles
import HireVLM

/// Makes a described function callable from Lua: checks and converts the arguments, then the results.
///
/// Positional arguments come first. A last table with names holds the options; it may also name positional
/// parameters, so that `t:softmax(-1)` and `t:softmax { dim = -1 }` mean the same.
final class LuaFunctionAdapter: LuaEntry {
    let function: ScriptFunction
    /// The name with its library or class, such as `hire.tensor.zeros` or `hire.Tensor:sum`.
    let displayName: String
    private let receiver: String?
    /// Positional parameters, then options.
    private let accepted: [ScriptParameter]
    private let names: [String]
    private let positional: Int
    /// One bit for each accepted value that must be given.
    private let required: UInt64
    private let operation: LuaOperation?
    private let convertsResults: Bool

    init(_ function: ScriptFunction, owner: String, receiver: String? = nil) {
        self.function = function
        self.receiver = receiver
        displayName = owner + (receiver == nil ? "." : ":") + function.name
        accepted = function.parameters + function.options
        names = accepted.map(\.name)
        positional = function.parameters.count
        precondition(accepted.count < 64, "\(function.name) takes too many arguments.")
        required = accepted.enumerated().reduce(0) { bits, next in
            next.element.isOptional ? bits : bits | 1 << next.offset
        }
        operation = LuaOperation(function, owner: owner)
        convertsResults = function.returns.contains { $0.type.countsFromOne }
    }

    func enter(_ state: LuaState) throws -> Int32 {
        let count = try run(state)
        if state.host.context.checksFinite {
            try state.watchResults(count, of: displayName)
        }
        return count
    }

    private func run(_ state: LuaState) throws -> Int32 {
        if let operation, let count = try operation.call(state) { return count }
        let arguments = try readArguments(state)
        let results = try function.body(arguments)
        let stack = state.current
        lua_settop(stack, 0)
        try state.reserve(results.count + 4)
        for (position, result) in results.enumerated() {
            if convertsResults, position < function.returns.count {
                try state.push(state.scripted(result, as: function.returns[position].type))
            } else {
                try state.push(result)
            }
        }
        return Int32(results.count)
    }

    private func readArguments(_ state: LuaState) throws -> ScriptArguments {
        let stack = state.current
        var count = lua_gettop(stack)
        var first: Int32 = 1
        var object: (any ScriptObject)?
        if let receiver {
            object = try readReceiver(state, receiver)
            first = 2
        }
        var values = [ScriptValue](repeating: .none, count: accepted.count)
        var given: UInt64 = 0
        if let position = try optionsPosition(state, first: first, count: count) {
            try readOptions(state, at: position, into: &values, &given)
            count -= 1
        }
        if Int(count - first) >= positional { count = try trimmed(state, first, count) }
        for offset in 0..<positional {
            let index = first + Int32(offset)
            let found = index <= count ? lua_type(stack, index) : LUA_TNONE
            if found <= LUA_TNIL {
                // A given nil counts as a value where anything does.
                if found == LUA_TNIL, accepted[offset].type == .any { given |= 1 << offset }
                continue
            }
            if given & (1 << offset) != 0 {
                throw ScriptError.message(
                    "\(displayName): '\(names[offset])' was given twice, by position and by name.")
            }
            given |= 1 << offset
            values[offset] = try convert(state, index, accepted[offset])
        }
        if required & ~given != 0 { throw missing(required & ~given) }
        return ScriptArguments(
            function: displayName, host: state.host, receiver: object, names: names,
            values: values)
    }

    private func missing(_ positions: UInt64) -> ScriptError {
        let parameter = accepted[positions.trailingZeroBitCount]
        return .argument(
            function: displayName, name: parameter.name, expected: parameter.type.phrase,
            got: "nothing")
    }

    private func readReceiver(_ state: LuaState, _ receiver: String) throws -> any ScriptObject {
        let object = hire_lua_box(state.current, 1) == nil ? nil : try state.object(at: 1)
        if let object, type(of: object).scriptClass.name == receiver { return object }
        if hire_lua_is_closed_box(state.current, 1) != 0 {
            throw ScriptError.message(
                "\(displayName): the object was closed and cannot be used any more.")
        }
        throw ScriptError.message(
            "\(displayName): expected \(receiver) before the colon, got \(state.typeName(1)); "
                + "call methods as object:\(function.name)(…).")
    }

    /// Where the table of options stands, if the call has one.
    private func optionsPosition(_ state: LuaState, first: Int32, count: Int32) throws -> Int32? {
        let stack = state.current
        guard !accepted.isEmpty, count >= first, lua_type(stack, count) == LUA_TTABLE else {
            return nil
        }
        let position = Int(count - first)
        if position >= function.parameters.count {
            return position == 0 && function.options.isEmpty ? nil : count
        }
        let parameter = function.parameters[position]
        if parameter.type.takesNamedTable || lua_rawlen(stack, count) > 0 { return nil }
        if parameter.isOptional, !parameter.type.takesList { return count }
        // An empty table is a value (an empty list, or a mistake), one with names holds options.
        try state.reserve(6)
        guard hire_lua_keys(stack, count) == LUA_OK else { throw state.popError() }
        defer { hire_lua_pop(stack, 1) }
        return lua_rawlen(stack, -1) > 0 ? count : nil
    }

    private func readOptions(
        _ state: LuaState, at index: Int32, into values: inout [ScriptValue],
        _ given: inout UInt64
    ) throws {
        let stack = state.current
        try state.reserve(8)
        guard hire_lua_keys(stack, index) == LUA_OK else { throw state.popError() }
        defer { hire_lua_pop(stack, 1) }
        for position in stride(from: 1, through: Int(lua_rawlen(stack, -1)), by: 1) {
            lua_rawgeti(stack, -1, lua_Integer(position))
            defer { hire_lua_pop(stack, 1) }
            guard let name = state.string(at: -1) else {
                throw ScriptError.message(
                    "\(displayName): options have names; got one at position "
                        + "\(try state.text(of: -1)) instead.")
            }
            guard let option = names.firstIndex(of: name) else {
                throw ScriptError.unknownOption(
                    function: displayName, name: name, suggestion: suggestion(for: name))
            }
            lua_pushvalue(stack, -1)
            lua_rawget(stack, index)
            defer { hire_lua_pop(stack, 1) }
            values[option] = try convert(state, -1, accepted[option])
            given |= 1 << option
        }
    }

    private func suggestion(for name: String) -> String {
        let known = names.sorted()
        let close = NearestNames.nearest(to: name, among: known).map { "'\($0)'" }
        let hint = close.isEmpty ? "" : "Did you mean \(close.joined(separator: " or "))? "
        return hint + "Known options: " + known.joined(separator: ", ") + "."
    }

    /// Trailing nils are as good as nothing; anything else beyond the parameters is a mistake.
    private func trimmed(_ state: LuaState, _ first: Int32, _ count: Int32) throws -> Int32 {
        var count = count
        while count >= first, lua_type(state.current, count) == LUA_TNIL { count -= 1 }
        let given = Int(count - first) + 1
        if given > function.parameters.count {
            let most = function.parameters.count
            let options = function.options.isEmpty ? "" : " and a table of options"
            throw ScriptError.message(
                "\(displayName): expected at most \(most) argument\(most == 1 ? "" : "s")\(options), "
                    + "got \(given).")
        }
        return count
    }

    private func convert(_ state: LuaState, _ index: Int32, _ parameter: ScriptParameter) throws
        -> ScriptValue
    {
        do {
            return try state.read(index, as: parameter.type)
        } catch let mismatch as TypeMismatch {
            throw ScriptError.argument(
                function: displayName, name: parameter.name, expected: mismatch.expected,
                got: mismatch.got)
        }
    }
}
