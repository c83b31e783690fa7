import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Counts the bytes that one back-end's arrays hold: live now, and the highest they have been.
public final class MemoryLedger: Sendable {
    private let live = Atomic<Int>(0)
    private let highest = Atomic<Int>(0)

    /// The most bytes that may be held at once; an array beyond it is refused before the system is asked.
    public let limit: Int

    /// An empty ledger.
    ///
    /// - Parameter limit: the most bytes held at once; nil takes the memory of the machine, since a system that promises
    ///   more ends the process when it is used.
    public init(limit: Int? = nil) { self.limit = limit ?? MemoryLedger.installedBytes }

    private static let installedBytes: Int = {
        let (pages, size) = (sysconf(Int32(_SC_PHYS_PAGES)), sysconf(Int32(_SC_PAGESIZE)))
        return pages > 0 && size > 0 ? pages * size : .max
    }()

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
