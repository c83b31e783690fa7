import HireTensor

/// A module whose author wrote it somewhere that messages can name.
public protocol SourceLocated: Module {
    /// A sentence about where it is written, such as "It is written at bad.lua:3."; nil if nobody knows.
    var sourceSentence: String? { get }
}

extension Layer {
    /// Runs the layer and looks at what goes in and comes out.
    ///
    /// Layers end from the inside out and in the order in which they run, so the first complaint is about the layer that
    /// made the number: every layer inside it, and every one before it, gave finite ones.
    ///
    /// - Throws: `NotFiniteError` inside a `ModuleError` with the layer's path; what `forward` throws.
    func runChecked(_ input: Input, in context: Context) throws -> Output {
        try scope.run(in: context) {
            if let holder = input as? any TensorHolder {
                try check(holder, "input", in: context) { inputHint(context) }
            }
            let output = try forward(input)
            if let holder = output as? any TensorHolder {
                try check(holder, "output", in: context) { try outputHint() }
            }
            return output
        }
    }

    private func check(
        _ holder: any TensorHolder, _ side: String, in context: Context, hint: () throws -> String
    ) throws {
        try context.withoutGradients {
            for (name, tensor) in try holder.heldTensors() {
                if let error = try NotFiniteError(side, name, tensor, hint: hint) { throw error }
            }
        }
    }

    /// The layer around this one has done it between its layers, or whoever called from outside.
    private func inputHint(_ context: Context) -> String {
        let outer = context.modulePath.dropLast().last { !$0.isEmpty }
        return outer.map {
            "No layer gave it: '\($0)' computed it between its layers, or it was given from outside or by an edit."
        } ?? "No layer gave it: it was given from outside, or by an edit."
    }

    private func outputHint() throws -> String {
        var sentences: [String] = []
        for (name, parameter) in scope.ownParameters {
            if let index = try parameter.tensor.array.firstNotFinite() {
                sentences.append(
                    "Its parameter '\(name)' is not finite itself, from element \(index + 1) on.")
            }
        }
        for (name, buffer) in scope.ownBuffers {
            if let index = try buffer.tensor.array.firstNotFinite() {
                sentences.append(
                    "Its buffer '\(name)' is not finite itself, from element \(index + 1) on.")
            }
        }
        if let sentence = (self as? any SourceLocated)?.sourceSentence {
            sentences.append(sentence)
        }
        return sentences.joined(separator: " ")
    }
}
