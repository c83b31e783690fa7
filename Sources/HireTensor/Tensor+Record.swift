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
        guard context.keepsGraph else { return unkept(output, in: context) }
        let needs = inputs.map(\.requiresGradient)
        let node = GraphNode(
            number: context.nextNodeNumber(), parents: inputs.map(\.node),
            modulePath: context.modulePath.last ?? "",
            vjp: { try vjp($0, needs) })
        return Tensor(output, in: context, node: node)
    }

    /// Whether an operation on this tensor is to be recorded.
    var isRecorded: Bool { node != nil && context.recordsGradients }

    /// `record` for one operand: `vjp` returns one gradient and runs only if it is needed.
    func recorded(
        _ output: NDArray, _ vjp: @escaping GraphNode.VectorJacobianProduct
    ) -> Tensor {
        guard isRecorded else { return Tensor(output, in: context) }
        guard context.keepsGraph else { return Tensor.unkept(output, in: context) }
        let node = GraphNode(
            number: context.nextNodeNumber(), parents: [node],
            modulePath: context.modulePath.last ?? "", vjp: vjp)
        return Tensor(output, in: context, node: node)
    }

    /// `record` for two operands without the array of needs; `vjp` captures what it has to know.
    static func recorded(
        _ output: NDArray, _ first: Tensor, _ second: Tensor,
        _ vjp: @escaping GraphNode.VectorJacobianProduct
    ) -> Tensor {
        let context = first.context
        guard context.recordsGradients, first.node != nil || second.node != nil else {
            return Tensor(output, in: context)
        }
        guard context.keepsGraph else { return unkept(output, in: context) }
        let node = GraphNode(
            number: context.nextNodeNumber(), parents: [first.node, second.node],
            modulePath: context.modulePath.last ?? "", vjp: vjp)
        return Tensor(output, in: context, node: node)
    }

    /// A result that requires gradients, inside a piece that will run again for them.
    private static func unkept(_ output: NDArray, in context: Context) -> Tensor {
        Tensor(output, in: context, node: .unkept(context.nextNodeNumber()))
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
