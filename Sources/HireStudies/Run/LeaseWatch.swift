import HireFiles
import Synchronization

/// Remembers since when leases of others have not been renewed, by this process's own clock.
///
/// Clocks of different machines are never compared. The clock stands still while this machine sleeps, for others beat on
/// meanwhile.
public final class LeaseWatch: Sendable {
    private let stale: Duration
    private let seen = Mutex<[String: (holder: RunLease.Holder, since: SuspendingClock.Instant)]>(
        [:])

    /// A watch that has seen nothing yet.
    ///
    /// - Parameter stale: seconds without a sign of life after which a lease counts as left behind.
    public init(stale: Double) { self.stale = .seconds(stale) }

    /// Whether whoever holds a lease is dead: gone from this machine, or silent for long while this watch looked.
    public func isStale(_ holder: RunLease.Holder, of item: String) -> Bool {
        if holder.process.isGone { return true }
        let now = SuspendingClock.now
        return seen.withLock { seen in
            guard let last = seen[item], last.holder == holder else {
                seen[item] = (holder, now)
                return false
            }
            return now - last.since >= stale
        }
    }

    func forget(_ item: String) {
        seen.withLock { _ = $0.removeValue(forKey: item) }
    }
}
