import HireTensor

/// Adds up multiply-adds by the module that makes them; hang it on a context as its observer.
public final class CostCounter: OpObserver {
    /// Forward multiply-adds by the dotted path of the module that made the call.
    public private(set) var byPath: [String: Int] = [:]
    /// Forward multiply-adds altogether.
    public private(set) var total = 0

    /// A counter at zero.
    public init() {}

    /// Counts a forward call.
    public func observe(_ call: OpCall) {
        guard !call.isBackward, call.multiplyAdds > 0 else { return }
        byPath[call.modulePath, default: 0] += call.multiplyAdds
        total += call.multiplyAdds
    }

    /// Multiply-adds of everything beneath a path.
    public func count(beneath path: String) -> Int {
        byPath.filter { $0.key == path || $0.key.hasPrefix(path + ".") }.values.reduce(0, +)
    }

    /// Runs `body` with a fresh counter on a context.
    public static func count(in context: Context, _ body: () throws -> Void) rethrows -> CostCounter
    {
        let counter = CostCounter()
        let before = context.observer
        context.observer = counter
        defer { context.observer = before }
        try body()
        return counter
    }
}
