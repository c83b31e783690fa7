/// Decides when the memory of tensors calls for a collection.
///
/// A tensor of a gigabyte is a userdata of a few bytes to Lua, so its collector would never hurry. The back-end's
/// ledger knows what tensors really hold, recorded graphs included; a collection runs when that has grown by half,
/// and by at least 64 MiB, since the last one.
struct MemoryPressure {
    private var threshold = leastGrowth

    private static let leastGrowth = 64 << 20

    func shouldCollect(liveBytes: Int) -> Bool { liveBytes > threshold }

    mutating func collected(liveBytes: Int) {
        threshold = liveBytes + max(Self.leastGrowth, liveBytes / 2)
    }
}
