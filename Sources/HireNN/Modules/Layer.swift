import HireTensor

/// A module with one input and one output.
///
/// `forward` is the only thing to write. Calling the layer (`try layer(x)`) runs it under the layer's path, hands
/// the output to captures and edits of `<path>.output`, and adds the path to errors.
public protocol Layer<Input, Output>: Module {
    /// What the layer takes.
    associatedtype Input
    /// What the layer gives.
    associatedtype Output

    /// Computes the output; callers use `layer(input)` instead.
    func forward(_ input: Input) throws -> Output
}

extension Layer {
    /// Runs the layer.
    ///
    /// - Throws: what `forward` throws, as `ModuleError` with this layer's path; `NotFiniteError` likewise while
    ///   `Context.checksFinite` is on.
    public func callAsFunction(_ input: Input) throws -> Output {
        let context = (input as? Tensor)?.context ?? scope.context
        if let context, context.checksFinite { return try runChecked(input, in: context) }
        return try scope.run(in: context) {
            if scope.recomputes, let context, context.recordsGradients, !scope.isWatched {
                return try recomputing(input, in: context)
            }
            return try forward(input)
        }
    }

    /// `forward` as a piece that runs again for its gradients.
    private func recomputing(_ input: Input, in context: Context) throws -> Output {
        var first: Output?
        var isFirst = true
        let result = try scope.recomputing(in: context) { [self] in
            let output = try forward(input)
            guard let capturable = output as? any Capturable else {
                throw scope.failure("recomputes, but gives no single tensor.")
            }
            if isFirst { first = output }
            return try capturable.capturedTensor()
        }
        isFirst = false
        defer { first = nil }
        guard let capturable = first as? any Capturable,
            let output = try capturable.replacing(capturedTensor: result) as? Output
        else { return try forward(input) }
        return output
    }

    /// Whether what the layer gives can be captured under `<path>.output`.
    static var givesCapturable: Bool { Output.self is any Capturable.Type }
}
