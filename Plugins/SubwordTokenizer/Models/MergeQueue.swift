/// Merges that are possible, the best one first: a binary heap of numbers.
///
/// The key holds what merges are ordered by in its high 32 bits, smaller is better, and the position of the left symbol in its
/// low 32 bits, so that of equal merges the leftmost comes first.
struct MergeQueue {
    struct Entry {
        let key: UInt64
        /// What tells a merge that is still possible from one that is not: the new id or the new length.
        let mark: Int32

        init(order: UInt32, position: Int, mark: Int) {
            key = UInt64(order) << 32 | UInt64(UInt32(position))
            self.mark = Int32(mark)
        }

        /// The left symbol.
        var position: Int { Int(key & 0xFFFF_FFFF) }
    }

    private var heap: [Entry] = []

    /// Adds a merge.
    mutating func push(_ entry: Entry) {
        var child = heap.count
        heap.append(entry)
        while child > 0 {
            let parent = (child - 1) / 2
            if heap[parent].key <= entry.key { break }
            heap[child] = heap[parent]
            child = parent
        }
        heap[child] = entry
    }

    /// Takes the best merge, or nil if none is left.
    mutating func pop() -> Entry? {
        guard let best = heap.first, let last = heap.popLast() else { return nil }
        let count = heap.count
        if count == 0 { return best }
        var parent = 0
        while true {
            var child = 2 * parent + 1
            if child >= count { break }
            if child + 1 < count, heap[child + 1].key < heap[child].key { child += 1 }
            if heap[child].key >= last.key { break }
            heap[parent] = heap[child]
            parent = child
        }
        heap[parent] = last
        return best
    }

    /// A number that orders by a score, the highest first.
    static func order(_ score: Float) -> UInt32 {
        let bits = (score + 0).bitPattern  // adding zero makes -0 equal to 0
        let ascending = bits >> 31 == 1 ? ~bits : bits | 0x8000_0000
        return ~ascending
    }
}
