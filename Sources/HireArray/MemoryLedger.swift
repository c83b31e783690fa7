import Synchronization

/// Counts the bytes that one back-end's arrays hold: live now, and the highest they have been.
public final class MemoryLedger: Sendable {
    private let live = Atomic<Int>(0)
    private let highest = Atomic<Int>(0)

    /// An empty ledger.
    public init() {}

    /// Bytes held now.
    public var liveBytes: Int { live.load(ordering: .relaxed) }

    /// The most bytes held at once since the start or the last `resetPeak`.
    public var peakBytes: Int { highest.load(ordering: .relaxed) }

    /// Starts a new peak measurement from what is live now; returns the live bytes.
    @discardableResult
    public func resetPeak() -> Int {
        let now = liveBytes
        highest.store(now, ordering: .relaxed)
        return now
    }

    /// Records an allocation (positive) or a release (negative).
    public func record(_ bytes: Int) {
        let now = live.add(bytes, ordering: .relaxed).newValue
        if bytes > 0 { highest.max(now, ordering: .relaxed) }
    }
}
