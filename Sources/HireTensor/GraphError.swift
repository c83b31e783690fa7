/// What can go wrong when gradients are asked for.
public enum GraphError: Error, Equatable, CustomStringConvertible {
    /// `backward` on something that has no graph.
    case noGradient
    /// `backward` without a gradient on something that is not a scalar.
    case notScalar(shape: [Int])
    /// A second `backward` through the same graph.
    case alreadyReleased
    /// `backward` from the inside of a piece that is recomputed.
    case notKept
    /// Operands from two contexts.
    case mixedContexts(operation: String)

    /// The case as one full sentence.
    public var description: String {
        switch self {
        case .noGradient:
            "backward: this tensor was not computed from anything that requires gradients."
        case .notScalar(let shape):
            "backward: a gradient can be left out only for a scalar, got shape \(shape)."
        case .alreadyReleased:
            "backward: this graph was already used by an earlier backward; pass retainGraph to keep it."
        case .notKept:
            "backward: this tensor was computed inside a piece whose graph is not kept (`recomputing`, "
                + "`hire.nn.checkpoint`); only the piece's result carries gradients."
        case .mixedContexts(let operation):
            "\(operation): the operands belong to different contexts (back-ends or seeds)."
        }
    }
}
