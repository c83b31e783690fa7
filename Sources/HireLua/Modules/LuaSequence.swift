import HireNN
import HireTensor
import HireVLM

/// Modules one after the other, named "0", "1", …; each may be written in Swift or Lua.
final class LuaSequence: Layer {
    let scope = ModuleScope()
    private let modules: [any Module]

    init(_ modules: [any Module]) throws {
        self.modules = modules
        for (index, module) in modules.enumerated() { try scope.addChild("\(index)", module) }
    }

    func forward(_ input: LuaValues) throws -> LuaValues {
        var values = input.values
        for module in modules { values = try ModuleCall.call(module, values) }
        return LuaValues(values)
    }
}

/// A list of modules of any kind, named "0", "1", …; it has no forward pass of its own.
final class LuaModuleList: Module {
    let scope = ModuleScope()

    init(_ modules: [any Module]) throws {
        for (index, module) in modules.enumerated() { try scope.addChild("\(index)", module) }
    }
}

/// Calls a module of any kind with values from a script.
enum ModuleCall {
    static func call(_ module: any Module, _ values: [ScriptValue]) throws -> [ScriptValue] {
        if let module = module as? any Layer<LuaValues, LuaValues> {
            return try module(LuaValues(values)).values
        }
        if let module = module as? any Layer<Tensor, Tensor> {
            guard values.count == 1, case .tensor(let input) = values[0] else {
                let got = values.map(\.typeName).joined(separator: ", ")
                throw ScriptError.message(
                    "\(name(module)) takes one tensor, got \(got.isEmpty ? "nothing" : got).")
            }
            return [.tensor(try module(input))]
        }
        throw ScriptError.message("\(name(module)) has no forward pass that scripts can call.")
    }

    private static func name(_ module: any Module) -> String {
        let path = module.scope.path
        return "the module \(type(of: module))" + (path.isEmpty ? "" : " at '\(path)'")
    }
}
