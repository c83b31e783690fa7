import HireNN
import HireTensor
import HireVLM

/// Modules one after the other, named "0", "1", …; each may be written in Swift or Lua.
final class LuaSequence: Layer {
    let scope = ModuleScope()
    private let calls: [ModuleCall]

    init(_ modules: [any Module]) throws {
        calls = modules.map(ModuleCall.init)
        for (index, module) in modules.enumerated() { try scope.addChild("\(index)", module) }
    }

    func forward(_ input: LuaValues) throws -> LuaValues {
        var values = input.values
        for call in calls { values = try call(values) }
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

/// How scripts call a module: found once, for looking it up costs more than a small layer.
struct ModuleCall {
    private enum Way {
        case values(any Layer<LuaValues, LuaValues>)
        case tensor(any Layer<Tensor, Tensor>)
        case none(any Module)
    }

    private let way: Way

    init(_ module: any Module) {
        if let layer = module as? any Layer<LuaValues, LuaValues> {
            way = .values(layer)
        } else if let layer = module as? any Layer<Tensor, Tensor> {
            way = .tensor(layer)
        } else {
            way = .none(module)
        }
    }

    /// Runs the forward pass.
    ///
    /// - Throws: `ScriptError.message` if the module takes something else; what the module throws.
    func callAsFunction(_ values: [ScriptValue]) throws -> [ScriptValue] {
        switch way {
        case .values(let layer): return try layer(LuaValues(values)).values
        case .tensor(let layer):
            guard values.count == 1, case .tensor(let input) = values[0] else {
                let got = values.map(\.typeName).joined(separator: ", ")
                throw ScriptError.message(
                    "\(Self.name(layer)) takes one tensor, got \(got.isEmpty ? "nothing" : got).")
            }
            return [.tensor(try layer(input))]
        case .none(let module):
            throw ScriptError.message(
                "\(Self.name(module)) has no forward pass that scripts can call.")
        }
    }

    private static func name(_ module: any Module) -> String {
        let path = module.scope.path
        return "the module \(type(of: module))" + (path.isEmpty ? "" : " at '\(path)'")
    }
}
