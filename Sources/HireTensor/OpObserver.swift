import HireArray

/// One executed primitive operation, as an observer sees it.
public struct OpCall: Sendable {
    /// The op's name in `OpTable`.
    public let name: String
    /// Shapes of the operands, in order.
    public let inputs: [Shape]
    /// Shape of the result.
    public let output: Shape
    /// Multiply-adds that this call makes (a multiply-add counts once; elementwise work counts none).
    public let multiplyAdds: Int
    /// Dotted path of the module that made the call; empty outside any module.
    public let modulePath: String
    /// Whether the call belongs to a backward pass.
    public let isBackward: Bool
}

/// Sees every primitive operation of a context: cost tables, traces and progress hang here.
public protocol OpObserver: AnyObject {
    /// Called after an operation was computed (or, on the shapes-only back-end, only shaped).
    func observe(_ call: OpCall)
}
