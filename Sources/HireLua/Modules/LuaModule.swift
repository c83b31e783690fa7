import HireNN
import HireTensor
import HireVLM

/// A module whose parts and forward pass are written in Lua; it trains, is captured and saved like any other.
final class LuaModule: Layer, LuaWritten {
    let scope = ModuleScope()
    let fields: LuaReference
    let forwardFunction: LuaFunction

    init(_ forward: LuaFunction, fields: LuaReference) {
        forwardFunction = forward
        self.fields = fields
    }

    func forward(_ input: LuaValues) throws -> LuaValues {
        forwardFunction.state?.suspect = nil
        let run = { try self.forwardFunction.call([.object(ModuleObject.of(self))] + input.values) }
        guard let context = input.context ?? scope.context, let state = forwardFunction.state else {
            return LuaValues(try run())
        }
        return LuaValues(try state.withContext(context, run))
    }
}

extension LuaModule: SourceLocated {
    var sourceSentence: String? { forwardFunction.sourceSentence }
}

extension LuaValues: TensorHolder {
    /// The first value, if it is a tensor: others may be masks, in which infinity has a meaning.
    func heldTensors() -> [(name: String, tensor: Tensor)] {
        if case .tensor(let tensor)? = values.first { return [("", tensor)] }
        return []
    }
}

/// A module with fields that its Lua author sets.
protocol LuaWritten: Module {
    var fields: LuaReference { get }
}

/// What goes in and out of a module written in Lua.
struct LuaValues: Capturable {
    var values: [ScriptValue]

    init(_ values: [ScriptValue]) { self.values = values }

    /// The context of the first tensor.
    var context: Context? {
        for value in values {
            if case .tensor(let tensor) = value { return tensor.context }
        }
        return nil
    }

    var holdsTensor: Bool {
        if case .tensor? = values.first { return true }
        return false
    }

    func capturedTensor() throws -> Tensor {
        guard case .tensor(let tensor)? = values.first else {
            throw ScriptError.message("A captured module must give a tensor first.")
        }
        return tensor
    }

    func replacing(capturedTensor: Tensor) throws -> LuaValues {
        LuaValues([.tensor(capturedTensor)] + values.dropFirst())
    }
}

/// `hire.module`: calling the result makes a module.
final class LuaModuleMaker: ScriptCallable {
    private let new: LuaFunction?
    private let forward: LuaFunction

    init(new: LuaFunction?, forward: LuaFunction) {
        self.new = new
        self.forward = forward
    }

    func call(_ arguments: [ScriptValue]) throws -> [ScriptValue] {
        guard let state = forward.state else {
            throw ScriptError.message("A Lua module was made after its script had ended.")
        }
        let module = LuaModule(forward, fields: state.newTable())
        let object = ModuleObject.of(module)
        _ = try new?.call([.object(object)] + arguments)
        return [.object(object)]
    }
}
