import HireArray

extension Tensor {
    /// Wraps an operation's result and, if any input requires gradients, records how to differentiate it.
    ///
    /// - Parameters:
    ///   - output: what the kernel computed.
    ///   - inputs: the operands, in the order in which `vjp` returns gradients.
    ///   - vjp: given the gradient of the output and which inputs need one, gives theirs. It runs without
    ///     recording, so it may use any tensor operation. Gradients must have the inputs' shapes.
    static func record(
        _ output: NDArray, from inputs: [Tensor],
        vjp: @escaping (_ gradient: Tensor, _ needs: [Bool]) throws -> [Tensor?]
    ) -> Tensor {
        let context = inputs[0].context
        guard context.recordsGradients, output.dtype.isFloatingPoint,
            inputs.contains(where: \.requiresGradient)
        else { return Tensor(output, in: context) }
        let needs = inputs.map(\.requiresGradient)
        let node = GraphNode(
            number: context.nextNodeNumber(), parents: inputs.map(\.node),
            modulePath: context.modulePath.last ?? "",
            vjp: { try vjp($0, needs) })
        return Tensor(output, in: context, node: node)
    }

    /// Checks that operands share a context.
    ///
    /// - Throws: `GraphError.mixedContexts`.
    static func checkContexts(_ operation: String, _ tensors: [Tensor]) throws {
        for tensor in tensors.dropFirst() where tensor.context !== tensors[0].context {
            throw GraphError.mixedContexts(operation: operation)
        }
    }
}
