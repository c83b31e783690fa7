import HireNN
import HireVLM

/// A module in a script's hands.
class ModuleObject: ScriptObject, LuaFieldHolder {
    let module: any Module
    /// How scripts call it.
    private(set) lazy var call = ModuleCall(module)

    required init(_ module: any Module) { self.module = module }

    /// The object for a module, of the class that knows it best.
    static func of(_ module: any Module) -> ModuleObject {
        module is JointBilateralStage ? BilateralStageObject(module) : ModuleObject(module)
    }

    class var scriptClass: ScriptClass { described }

    private static let described = ScriptClass(
        name: "hire.Module",
        summary: "A part of a model: parameters and children with names, and a forward pass.",
        methods: ModuleMethods.all,
        properties: [
            ScriptProperty("path", .string, "The dotted path from the root of the model.") {
                .string(of($0).module.scope.path)
            },
            ScriptProperty("parameter_count", .integer, "The number of elements of all parameters.")
            {
                .integer(of($0).module.parameterCount)
            },
            ScriptProperty("is_training", .boolean, "Whether dropout and batch statistics are on.")
            {
                .boolean(of($0).module.scope.isTraining)
            },
        ],
        call: ScriptFunction(
            "call", "Runs the forward pass.",
            parameters: ["input", "second", "third", "fourth"].map {
                .optional($0, .any, "What the module takes.")
            }, returns: [ScriptResult(.any, "what the module gives")]
        ) { arguments in
            var values = ["input", "second", "third", "fourth"].map { arguments.value($0) }
            while case .none? = values.last { values.removeLast() }
            return try arguments.receiver(ModuleObject.self).call(values)
        })

    var scriptIdentity: ObjectIdentifier { ObjectIdentifier(module) }

    var scriptDescription: String {
        let path = module.scope.path
        return "module \(type(of: module))" + (path.isEmpty ? "" : " at '\(path)'")
            + ", \(module.parameterCount) parameters"
    }

    var fields: LuaReference? { (module as? any LuaWritten)?.fields }

    /// Parameters and buffers by name, as they are now, and children.
    func ownValue(_ name: String) throws -> ScriptValue? {
        if let (_, parameter) = module.scope.ownParameters.first(where: { $0.name == name }) {
            return .tensor(try parameter.tensor)
        }
        if let (_, buffer) = module.scope.ownBuffers.first(where: { $0.name == name }) {
            return .tensor(try buffer.tensor)
        }
        if let (_, child) = module.scope.children.first(where: { $0.name == name }) {
            return .object(ModuleObject.of(child))
        }
        return nil
    }

    private static func of(_ object: any ScriptObject) -> ModuleObject {
        guard let object = object as? ModuleObject else {
            preconditionFailure("A module's property was read from another object.")
        }
        return object
    }
}

/// A joint bilateral stage in a script's hands.
final class BilateralStageObject: ModuleObject {
    override class var scriptClass: ScriptClass { stageClass }

    private static let stageClass = ScriptClass(
        name: "hire.JBUStage",
        summary: "A joint bilateral upsampling stage; called with guidance it gives its kernels.",
        base: ModuleObject.scriptClass,
        methods: [
            ScriptFunction(
                "pooled",
                "Features upsampled under a guidance map and averaged back onto their own grid, in the pulled form.",
                parameters: [
                    ScriptParameter("base", .object("hire.FeatureMap"), "The features."),
                    ScriptParameter(
                        "guidance", .tensor, "[N, channels, H, W], finer than the features."),
                ],
                returns: [
                    ScriptResult(.object("hire.FeatureMap"), "features on the grid of `base`")
                ]
            ) { arguments in
                guard
                    let stage = arguments.receiver(ModuleObject.self).module as? JointBilateralStage
                else { preconditionFailure("A stage's method was called on another module.") }
                let base = try arguments.object("base", FeatureMapObject.self).map
                let kernel = try stage(arguments.tensor("guidance"))
                return [.object(FeatureMapObject(try stage.pooled(base, kernel)))]
            }
        ])
}
