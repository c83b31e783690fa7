import CLua
import CLuaShims
import HireFiles
import HireTensor
import HireVLM

/// A value that is not of the type a parameter declares.
struct TypeMismatch: Error {
    let expected: String
    let got: String
}

extension LuaState {
    /// The object in the box at an index.
    func object(at index: Int32) throws -> any ScriptObject {
        guard let pointer = hire_lua_box(current, index) else {
            throw ScriptError.message("This object was closed and cannot be used any more.")
        }
        switch LuaPayload.at(pointer).content {
        case .tensor(let tensor): return tensor
        case .object(let object): return object
        case .entry: throw ScriptError.message("This is a function, not an object.")
        }
    }

    /// Reads a value that must be of a declared type; counts from one become counts from zero.
    ///
    /// - Throws: `TypeMismatch`, or what `read` throws.
    func read(_ index: Int32, as type: ScriptType) throws -> ScriptValue {
        let stack = current
        switch type {
        case .any: return try read(index)
        case .boolean where lua_type(stack, index) == LUA_TBOOLEAN: return try read(index)
        case .integer:
            if let integer = integer(at: index) { return .integer(integer) }
        case .number where lua_type(stack, index) == LUA_TNUMBER: return try read(index)
        case .string, .path:
            if let text = string(at: index) { return .string(text) }
        case .tensor:
            if let pointer = hire_lua_box(stack, index),
                case .tensor(let object) = LuaPayload.at(pointer).content
            {
                return .tensor(object.tensor)
            }
        case .function where lua_type(stack, index) == LUA_TFUNCTION:
            return .function(function(at: index))
        case .table where lua_type(stack, index) == LUA_TTABLE: return try read(index)
        case .dimension, .index:
            if let integer = integer(at: index) { return .integer(try fromOne(integer, type)) }
        case .dimensions: return try read(index, as: .list(.dimension))
        case .list(let element): return try readList(index, of: element)
        case .choice(let names):
            if let text = string(at: index) {
                if names.contains(text) { return .string(text) }
                let close = NearestNames.nearest(to: text, among: names, limit: 1)
                let hint = close.first.map { " (did you mean '\($0)'?)" } ?? ""
                throw TypeMismatch(expected: type.phrase, got: "'\(text)'\(hint)")
            }
        case .object(let name):
            if hire_lua_box(stack, index) != nil {
                let object = try object(at: index)
                if Swift.type(of: object).scriptClass.isKind(of: name) { return .object(object) }
            }
        case .pattern:
            switch lua_type(stack, index) {
            case LUA_TSTRING, LUA_TFUNCTION: return try read(index)
            case LUA_TTABLE: return try readMixed(lua_absindex(stack, index))
            default: break
            }
        case .either(let types):
            if let match = try readEither(index, types) { return match }
        default: break
        }
        throw TypeMismatch(expected: type.phrase, got: described(index))
    }

    private func readEither(_ index: Int32, _ types: [ScriptType]) throws -> ScriptValue? {
        for type in types where mayBe(type, index) {
            do {
                return try read(index, as: type)
            } catch is TypeMismatch {
                continue
            }
        }
        return nil
    }

    /// Whether the Lua type alone rules a declared type out; a thrown mismatch costs more than the whole call.
    private func mayBe(_ type: ScriptType, _ index: Int32) -> Bool {
        let found = lua_type(current, index)
        switch type {
        case .any, .either, .pattern: return true
        case .boolean: return found == LUA_TBOOLEAN
        case .integer, .number, .dimension, .index: return found == LUA_TNUMBER
        case .string, .path, .choice: return found == LUA_TSTRING
        case .tensor, .object: return found == LUA_TUSERDATA
        case .function: return found == LUA_TFUNCTION
        case .table: return found == LUA_TTABLE
        case .dimensions, .list: return true
        }
    }

    private func readList(_ index: Int32, of element: ScriptType) throws -> ScriptValue {
        let stack = current
        guard lua_type(stack, index) == LUA_TTABLE else {
            return .list([try read(index, as: element)])
        }
        try reserve(6)
        let table = lua_absindex(stack, index)
        let length = Int(lua_rawlen(stack, table))
        if length == 0 {
            guard case .list(let items) = try read(index), items.isEmpty else {
                throw TypeMismatch(
                    expected: ScriptType.list(element).phrase, got: "a table with named fields")
            }
            return .list([])
        }
        if element == .pattern { try refuseNames(table) }
        var items: [ScriptValue] = []
        items.reserveCapacity(length)
        for position in 1...length {
            lua_rawgeti(stack, table, lua_Integer(position))
            defer { hire_lua_pop(stack, 1) }
            do {
                items.append(try read(-1, as: element))
            } catch let mismatch as TypeMismatch {
                throw TypeMismatch(
                    expected: ScriptType.list(element).phrase,
                    got: "\(mismatch.got) at position \(position)")
            }
        }
        return .list(items)
    }

    /// An integer, or a float with an integral value; strings do not count as numbers.
    private func integer(at index: Int32) -> Int? {
        guard lua_type(current, index) == LUA_TNUMBER else { return nil }
        var isIntegral: Int32 = 0
        let value = lua_tointegerx(current, index, &isIntegral)
        return isIntegral != 0 ? Int(value) : nil
    }

    private func fromOne(_ integer: Int, _ type: ScriptType) throws -> Int {
        if integer == 0 { throw TypeMismatch(expected: type.phrase, got: "0") }
        return integer > 0 ? integer - 1 : integer
    }

    private func described(_ index: Int32) -> String {
        switch lua_type(current, index) {
        case LUA_TSTRING: "the string '\((string(at: index) ?? "").prefix(60))'"
        case LUA_TNUMBER: "the number \((try? text(of: index)) ?? "?")"
        case LUA_TNIL, LUA_TNONE: "nil"
        default: "a value of type \(typeName(index))"
        }
    }

    /// A Swift result as scripts see it: positions and dimensions count from one.
    func scripted(_ value: ScriptValue, as type: ScriptType) -> ScriptValue {
        switch (type, value) {
        case (.dimension, .integer(let integer)), (.index, .integer(let integer)):
            .integer(integer >= 0 ? integer + 1 : integer)
        case (.dimensions, .list(let items)): .list(items.map { scripted($0, as: .dimension) })
        case (.list(let element), .list(let items)) where element.countsFromOne:
            .list(items.map { scripted($0, as: element) })
        default: value
        }
    }
}

extension ScriptType {
    /// Whether values of this type are positions, which scripts count from one.
    var countsFromOne: Bool {
        switch self {
        case .dimension, .dimensions, .index: true
        case .list(let element): element.countsFromOne
        default: false
        }
    }

    /// Whether a table with named fields can be a value of this type.
    var takesNamedTable: Bool {
        switch self {
        case .any, .table: true
        case .either(let types): types.contains(where: \.takesNamedTable)
        default: false
        }
    }

    /// Whether a table that is a list can be a value of this type.
    var takesList: Bool {
        switch self {
        case .list, .dimensions: true
        case .either(let types): types.contains(where: \.takesList)
        default: takesNamedTable
        }
    }

    /// What messages say was expected.
    var phrase: String {
        switch self {
        case .any: "a value"
        case .boolean: "true or false"
        case .integer: "an integer"
        case .number: "a number"
        case .string: "a string"
        case .path: "a path (a string)"
        case .tensor: "a tensor"
        case .function: "a function"
        case .table: "a table"
        case .dimension: "a dimension (1 is the first, -1 the last)"
        case .index: "a position (1 is the first, -1 the last)"
        case .dimensions: "one dimension or a list of dimensions (1 is the first, -1 the last)"
        case .list(let element): "a list, each item \(element.phrase)"
        case .choice(let names): "one of " + names.map { "'\($0)'" }.joined(separator: ", ")
        case .object(let name): "a \(name)"
        case .pattern: "a glob, a function, or a table of globs with options"
        case .either(let types): types.map(\.phrase).joined(separator: " or ")
        }
    }
}
