import HireTensor
import HireVLM

/// A tensor as scripts hold it.
final class TensorObject: TensorPayload, ScriptObject {
    let tensor: Tensor

    init(_ tensor: Tensor) {
        self.tensor = tensor
        super.init()
    }

    static let scriptClass = ScriptClass(
        name: "hire.Tensor",
        summary: "Numbers with a shape and a dtype that remember how they were computed.",
        methods: TensorMethods.all, properties: TensorMethods.properties,
        operators: TensorMethods.operators)

    var scriptDescription: String { String(describing: tensor) }
}
