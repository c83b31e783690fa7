import CLua
import CLuaShims
import HireTensor
import HireVLM

/// The short way from Lua to a tensor operation, for calls whose arguments stand in order and have exactly the declared
/// types; every other call, and every mistake, goes the long way through `LuaFunctionAdapter`.
struct LuaOperation {
    private enum Kind: UInt8 {
        case tensor, operand, number, integer, dimension, flag, other
    }

    private let op: Op
    private let kinds: [Kind]

    /// The operation behind a function of `hire.tensor` or a method of tensors; nil for every other function.
    init?(_ function: ScriptFunction, owner: String) {
        guard owner == "hire.tensor" || owner == "hire.Tensor",
            let op = OpFunction.op(scriptName: function.name),
            op.results.first?.kind != .tensors
        else { return nil }
        self.op = op
        kinds = op.parameters.map { parameter in
            switch parameter.kind {
            case .tensor, .optionalTensor, .indexTensor, .flagTensor: .tensor
            case .operand: .operand
            case .number: .number
            case .integer: .integer
            case .dimension: .dimension
            case .flag: .flag
            default: .other
            }
        }
    }

    /// Runs the operation; nil if the call must go the long way.
    func call(_ state: LuaState) throws -> Int32? {
        let stack = state.current
        let count = lua_gettop(stack)
        guard count <= kinds.count else { return nil }
        var values: [OpValue] = []
        values.reserveCapacity(kinds.count)
        var context: Context?
        for index in stride(from: Int32(1), through: count, by: 1) {
            guard let value = read(stack, index, kinds[Int(index) - 1]) else { return nil }
            if case .tensor(let tensor) = value { context = tensor.context }
            values.append(value)
        }
        for position in values.count..<kinds.count where op.parameters[position].defaultValue == nil
        {
            return nil
        }
        let arguments = try OpArguments(
            of: op, in: context ?? state.host.context, values)
        let results = try op.apply(arguments)
        for result in results { try state.push(result) }
        return Int32(results.count)
    }

    private func read(_ stack: OpaquePointer, _ index: Int32, _ kind: Kind) -> OpValue? {
        switch (lua_type(stack, index), kind) {
        case (LUA_TUSERDATA, .tensor), (LUA_TUSERDATA, .operand):
            guard let pointer = hire_lua_box(stack, index),
                case .tensor(let object) = LuaPayload.at(pointer).content
            else { return nil }
            return .tensor(object.tensor)
        case (LUA_TNUMBER, .operand), (LUA_TNUMBER, .number):
            return .number(lua_tonumberx(stack, index, nil))
        case (LUA_TNUMBER, .integer):
            return lua_isinteger(stack, index) != 0
                ? .integer(Int(lua_tointegerx(stack, index, nil))) : nil
        case (LUA_TNUMBER, .dimension):
            guard lua_isinteger(stack, index) != 0 else { return nil }
            let dimension = Int(lua_tointegerx(stack, index, nil))
            return dimension == 0 ? nil : .integer(dimension > 0 ? dimension - 1 : dimension)
        case (LUA_TBOOLEAN, .flag): return .flag(lua_toboolean(stack, index) != 0)
        default: return nil
        }
    }
}
