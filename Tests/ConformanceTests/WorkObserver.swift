import HireCPU
import HireTensor

/// Puts beside each operation what it says it multiplies what the CPU back-end's kernels multiplied for it.
final class WorkObserver: OpObserver {
    /// One operation and the multiply-adds that ran since the one before it was reported.
    struct Entry {
        let call: OpCall
        let executed: Int
    }

    private let work: WorkCounter
    private(set) var entries: [Entry] = []

    init(_ work: WorkCounter) { self.work = work }

    func observe(_ call: OpCall) {
        entries.append(Entry(call: call, executed: work.reset()))
    }

    var counted: Int { entries.reduce(0) { $0 + $1.call.multiplyAdds } }
    var executed: Int { entries.reduce(0) { $0 + $1.executed } }

    /// Those that do not agree, as text.
    var differences: [String] {
        entries.filter { $0.executed != $0.call.multiplyAdds }.map { "\($0)" }
    }

    /// What runs on a counting back-end of so many threads while `body` does.
    static func watching(
        threads: Int = 2, isInvariant: Bool = false, _ body: (Context) throws -> Void
    ) rethrows -> WorkObserver {
        let work = WorkCounter()
        let context = Context(
            backend: CPUBackend(threads: threads, isInvariant: isInvariant, work: work), seed: 9)
        let observer = WorkObserver(work)
        context.observer = observer
        try body(context)
        return observer
    }
}

extension WorkObserver.Entry: CustomStringConvertible {
    var description: String {
        "\(call.name) \(call.form) \(call.isBackward ? "backward " : "")\(call.inputs) -> "
            + "\(call.output): counted \(call.multiplyAdds), executed \(executed)"
    }
}
