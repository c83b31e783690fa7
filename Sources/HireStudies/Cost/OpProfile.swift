import Foundation
import HireArray
import HireTensor

/// Times every primitive op of a context; hang it on as its observer.
///
/// Ops report when they are done, so the time between two reports belongs to the second one: what lies between ops (the
/// program's own work) is in there too.
public final class OpProfile: OpObserver {
    /// The calls in the order in which they ended.
    public private(set) var calls: [TimedCall] = []
    private let ledger: MemoryLedger
    private let began: UInt64
    private var last: UInt64

    /// Starts the clock.
    public init(ledger: MemoryLedger) {
        self.ledger = ledger
        began = DispatchTime.now().uptimeNanoseconds
        last = began
        ledger.resetPeak()
    }

    /// Records a call.
    public func observe(_ call: OpCall) {
        let now = DispatchTime.now().uptimeNanoseconds
        let peak = ledger.peakBytes
        calls.append(
            TimedCall(
                name: call.name, modulePath: call.modulePath, inputs: call.inputs,
                output: call.output, multiplyAdds: call.multiplyAdds,
                bytes: call.bytesRead + call.bytesWritten, isBackward: call.isBackward,
                start: Double(last - began) / 1e9, seconds: Double(now - last) / 1e9,
                liveBytes: ledger.resetPeak(), peakBytes: peak))
        // What recording took is nobody's.
        last = DispatchTime.now().uptimeNanoseconds
    }

    /// Profiles what `body` runs on a context.
    public static func record(
        in context: Context, _ body: () throws -> Void
    ) rethrows -> [TimedCall] {
        let profile = OpProfile(ledger: context.backend.ledger)
        let before = context.observer
        context.observer = profile
        defer { context.observer = before }
        try body()
        return profile.calls
    }
}
