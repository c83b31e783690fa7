import CLua
import CLuaShims
import HireNN
import HireTensor
import HireVLM

extension LuaState {
    /// Remembers which line of Lua first got numbers that are not finite, while layers look for them.
    func watchResults(_ count: Int32, of function: String) throws {
        guard suspect == nil, count > 0 else { return }
        let top = lua_gettop(current)
        for index in (top - count + 1)...top {
            guard let tensor = try tensor(shownAt: index), tensor.dtype.isFloatingPoint,
                let place = try tensor.backend.contiguous(tensor.array).firstNotFinite()
            else { continue }
            suspect =
                "\(position())\(function) gave the first number of its Lua code that is not finite, at element "
                + "\(place + 1) of \(tensor.shape)."
            return
        }
    }

    private func tensor(shownAt index: Int32) throws -> Tensor? {
        switch try read(index) {
        case .tensor(let tensor): tensor
        case .object(let object as FeatureMapObject): try object.map.map()
        default: nil
        }
    }

    /// "file:line: " of the Lua code that called.
    private func position() -> String {
        hire_lua_push_where(current)
        defer { hire_lua_pop(current, 1) }
        return string(at: -1) ?? ""
    }
}

extension LuaFunction {
    /// The line that first got a number that is not finite, or where the function begins.
    var sourceSentence: String? {
        guard let state, !state.isClosed else { return nil }
        if let suspect = state.suspect { return suspect }
        return try? state.balanced { stack in
            try state.reserve(2)
            reference.push()
            guard hire_lua_push_definition(stack) != 0 else { return nil }
            let place = state.string(at: -1)
            hire_lua_pop(stack, 1)
            return place.map { "Its forward is written at \($0)." }
        }
    }
}
