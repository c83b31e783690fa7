import HireNN
import HireTensor
import HireVLM

/// Edits that a script asked for, in force as long as this lives.
final class CaptureEdits {
    /// The sample that is computed, for the functions.
    var sample: (index: Int, id: String) = (0, "")
    /// The globs, sorted.
    private(set) var patterns: [String] = []
    private var handles: [CaptureHandle] = []

    /// Puts the functions of `edits` in force.
    ///
    /// - Throws: `ModuleError` with the nearest names for a glob that matches nothing.
    init(_ arguments: ScriptArguments, of pipeline: Pipeline) throws {
        for (pattern, value) in try arguments.table("edits") {
            guard case .function(let function) = value else {
                throw ScriptError.message(
                    "\(arguments.function): edits[\"\(pattern)\"] must be a function, got \(value.typeName)."
                )
            }
            patterns.append(pattern)
            handles.append(
                try pipeline.edit(pattern) { [unowned self] name, tensor in
                    try edited(name, tensor, function)
                })
        }
    }

    /// Whether nothing is edited.
    var isEmpty: Bool { handles.isEmpty }

    /// Ends them.
    func cancel() {
        for handle in handles { handle.cancel() }
        handles = []
    }

    private func edited(_ name: String, _ tensor: Tensor, _ function: any ScriptCallable) throws
        -> Tensor?
    {
        let info = ScriptValue.fields([
            ("name", .string(name)), ("index", .integer(sample.index + 1)),
            ("id", .string(sample.id)),
        ])
        switch try function.call([.tensor(tensor), info]).first ?? .none {
        case .none: return nil
        case .tensor(let result):
            guard result.shape == tensor.shape, result.dtype == tensor.dtype else {
                throw ScriptError.message(
                    "edits: the function for \(name) must give \(tensor.dtype.shortName) \(tensor.shape) as it was given, "
                        + "got \(result.dtype.shortName) \(result.shape).")
            }
            return result
        case let other:
            throw ScriptError.message(
                "edits: the function for \(name) must give a tensor or nothing, got \(other.typeName)."
            )
        }
    }
}
