import HireVLM

/// `hire.tensor`: making tensors, and every operation of `OpTable` as a function.
enum TensorLibrary {
    static let library = ScriptLibrary(
        name: "tensor", summary: "Tensors: making them, and every operation on them.",
        functions: [], classes: [TensorObject.scriptClass])
}
