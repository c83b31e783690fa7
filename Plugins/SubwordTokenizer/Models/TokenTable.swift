/// Tokens as bytes beside their ids, found in constant time by a part of a text without copying it.
struct TokenTable {
    /// No vocabulary may have more tokens, or ids beyond this.
    static let largestCount = 1_000_000
    /// No token may be longer, in bytes.
    static let longestToken = 1024

    private var bytes: [UInt8] = []
    private var starts: [Int] = [0]
    private var ids: [Int32] = []
    private var entryOfID: [Int32] = []
    private var slots: [Int32]

    /// Room for tokens whose number is known.
    init(count: Int) {
        var capacity = 16
        while capacity < count * 2 { capacity *= 2 }
        slots = [Int32](repeating: -1, count: capacity)
    }

    /// The number of tokens.
    var count: Int { ids.count }

    /// One more than the largest id.
    var idBound: Int { entryOfID.count }

    /// The length in bytes of the longest token.
    private(set) var longest = 0

    /// Adds a token; false, changing nothing, if the token or the id is there already.
    mutating func insert(_ token: some Collection<UInt8>, id: Int) -> Bool {
        if self.token(id) != nil { return false }
        let copy = Array(token)
        if find(copy, 0..<copy.count) != nil { return false }
        if (ids.count + 1) * 2 > slots.count { grow() }
        let entry = Int32(ids.count)
        bytes.append(contentsOf: copy)
        starts.append(bytes.count)
        ids.append(Int32(id))
        while entryOfID.count <= id { entryOfID.append(-1) }
        entryOfID[id] = entry
        longest = max(longest, copy.count)
        place(entry, hash(copy, 0..<copy.count))
        return true
    }

    /// The id of the token that a part of a text spells, or nil.
    func find(_ text: [UInt8], _ range: Range<Int>) -> Int? {
        if range.count > longest { return nil }
        let mask = slots.count - 1
        var slot = hash(text, range) & mask
        while true {
            let entry = Int(slots[slot])
            if entry < 0 { return nil }
            if equal(entry, text, range) { return Int(ids[entry]) }
            slot = (slot + 1) & mask
        }
    }

    /// The id of a token, or nil.
    func find(_ token: [UInt8]) -> Int? { find(token, 0..<token.count) }

    /// The bytes of an id's token, or nil.
    func token(_ id: Int) -> ArraySlice<UInt8>? {
        guard id >= 0, id < entryOfID.count, entryOfID[id] >= 0 else { return nil }
        let entry = Int(entryOfID[id])
        return bytes[starts[entry]..<starts[entry + 1]]
    }

    private func equal(_ entry: Int, _ text: [UInt8], _ range: Range<Int>) -> Bool {
        let start = starts[entry]
        guard starts[entry + 1] - start == range.count else { return false }
        for index in 0..<range.count
        where bytes[start + index] != text[range.lowerBound + index] {
            return false
        }
        return true
    }

    /// Seeded per process, so that no file can make all tokens collide.
    private func hash(_ text: [UInt8], _ range: Range<Int>) -> Int {
        var hasher = Hasher()
        text.withUnsafeBytes { buffer in
            hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: buffer[range]))
        }
        return hasher.finalize() & Int.max
    }

    private mutating func place(_ entry: Int32, _ hash: Int) {
        let mask = slots.count - 1
        var slot = hash & mask
        while slots[slot] >= 0 { slot = (slot + 1) & mask }
        slots[slot] = entry
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: slots.count * 2)
        for entry in ids.indices {
            place(Int32(entry), hash(bytes, starts[entry]..<starts[entry + 1]))
        }
    }
}
