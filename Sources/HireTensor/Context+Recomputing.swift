extension Context {
    /// Runs a piece of a computation without keeping what its gradients need, and runs it again when `backward` comes
    /// to it (`torch.utils.checkpoint`): less memory for the time of another forward pass.
    ///
    /// Values and gradients have the same bits as without. The second run draws the random numbers of the first, and
    /// finds `isRecomputing` set: running statistics move once and captures fire once, while edits, which are part of
    /// the computation, are made both times. Pieces may lie inside each other. The piece must compute the same
    /// both times, so what it reads (parameters included) has to stay as it is until then; only the tensor that it
    /// returns carries a gradient out of it.
    ///
    /// - Parameter piece: computes the result from the tensors it holds.
    /// - Throws: what the piece throws; `backward` throws what it throws the second time.
    public func recomputing(_ piece: @escaping () throws -> Tensor) throws -> Tensor {
        guard recordsGradients else { return try piece() }
        let state = streamState()
        let result = try withoutGraph(piece)
        guard result.node != nil else { return result }
        // A piece inside another that will run again: the outer one's second run keeps this one.
        guard keepsGraph else { return result }
        let node = GraphNode(
            number: nextNodeNumber(), modulePath: modulePath.last ?? "",
            piece: { [unowned self] in try again(state, piece) })
        return Tensor(result.array, in: self, node: node)
    }
}
