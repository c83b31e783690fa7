import HireArray

/// One executed primitive operation, as an observer sees it.
public struct OpCall: Sendable {
    /// The op's name in `OpTable`.
    public let name: String
    /// Which form of the op ran, where it has several: an interpolation's mode, "training" of a batch norm.
    public let form: String
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
    /// Bytes of the operands; an operand that is broadcast counts once.
    public let bytesRead: Int
    /// Bytes of the result.
    public let bytesWritten: Int
    /// The memory in which the operands lie, in order.
    public let sources: [Storage]
    /// The memory in which the result lies.
    public let target: Storage

    /// A call as ops report it; others make them to test what reads them.
    public init(
        name: String, form: String, inputs: [Shape], output: Shape, multiplyAdds: Int,
        modulePath: String, isBackward: Bool, bytesRead: Int, bytesWritten: Int,
        sources: [Storage], target: Storage
    ) {
        self.name = name
        self.form = form
        self.inputs = inputs
        self.output = output
        self.multiplyAdds = multiplyAdds
        self.modulePath = modulePath
        self.isBackward = isBackward
        self.bytesRead = bytesRead
        self.bytesWritten = bytesWritten
        self.sources = sources
        self.target = target
    }
}

/// Sees every primitive operation of a context: cost tables, traces and progress hang here.
public protocol OpObserver: AnyObject {
    /// Called after an operation was computed (or, on the shapes-only back-end, only shaped).
    func observe(_ call: OpCall)
}
