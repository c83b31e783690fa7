import HireArray
import HireTensor

/// Every primitive op of a forward pass, in order, with what it read and wrote.
///
/// Hang it on a context of the shapes-only back-end: it keeps the memory of all intermediate results, which there is
/// none.
public final class CostTrace: OpObserver {
    /// The calls, in the order in which they ran.
    public private(set) var calls: [OpCall] = []

    /// An empty trace.
    public init() {}

    /// Keeps a forward call.
    public func observe(_ call: OpCall) {
        if !call.isBackward { calls.append(call) }
    }

    /// Records what `body` runs on a context and keeps the calls that its results depend on.
    ///
    /// What does not reach a result is dropped, as a tracing compiler drops dead code: an encoder's layers behind the selected
    /// one, or a pooled output that nobody reads.
    public static func live(
        in context: Context, _ body: () throws -> [Tensor]
    ) rethrows -> [OpCall] {
        let trace = CostTrace()
        let before = context.observer
        context.observer = trace
        defer { context.observer = before }
        return trace.calls(reaching: try body())
    }

    /// The calls that results depend on, in order.
    ///
    /// Views share their memory, so a call is alive if the memory it wrote is read by one that is.
    public func calls(reaching results: [Tensor]) -> [OpCall] {
        var wanted = Set(results.map { ObjectIdentifier($0.array.storage) })
        var found: [OpCall] = []
        for call in calls.reversed() where wanted.contains(ObjectIdentifier(call.target)) {
            found.append(call)
            for source in call.sources { wanted.insert(ObjectIdentifier(source)) }
        }
        return found.reversed()
    }
}
