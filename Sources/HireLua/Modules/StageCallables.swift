import HireTensor
import HireVLM

/// The closure that runs the encoder again, for enrichers written in Lua.
final class EncodeCallable: ScriptCallable {
    private let encode: (Tensor) throws -> FeatureMap

    init(_ encode: @escaping (Tensor) throws -> FeatureMap) { self.encode = encode }

    func call(_ arguments: [ScriptValue]) throws -> [ScriptValue] {
        guard case .tensor(let image)? = arguments.first else {
            throw ScriptError.message("encode: expected a tensor [N, 3, H, W].")
        }
        return [.object(FeatureMapObject(try encode(image)))]
    }
}

/// The closure that runs the projector, for enrichers written in Lua.
final class ProjectCallable: ScriptCallable {
    private let project: (FeatureMap) throws -> Tensor

    init(_ project: @escaping (FeatureMap) throws -> Tensor) { self.project = project }

    func call(_ arguments: [ScriptValue]) throws -> [ScriptValue] {
        guard case .object(let object)? = arguments.first,
            let map = (object as? FeatureMapObject)?.map
        else { throw ScriptError.message("project: expected a feature map.") }
        return [.tensor(try project(map))]
    }
}
