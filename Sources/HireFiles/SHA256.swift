import CDigestShims

/// The SHA-256 digest of FIPS 180-4, fed piece by piece.
public struct SHA256: Sendable {
    private var state: [UInt32] = SHA256.initialState
    private var pending: [UInt8] = []
    private var byteCount: UInt64 = 0
    private var schedule = [UInt32](repeating: 0, count: 64)

    private let usesInstructions: Bool

    /// A digest of nothing yet.
    public init() { self.init(usesInstructions: SHA256.hasInstructions) }

    /// A digest that leaves the processor's instructions for it alone, or not, where there are any.
    init(usesInstructions: Bool) {
        self.usesInstructions = usesInstructions && SHA256.hasInstructions
        pending.reserveCapacity(128)
    }

    /// Adds bytes.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        byteCount += UInt64(bytes.count)
        var rest = bytes[...]
        if !pending.isEmpty {
            let taken = rest.prefix(64 - pending.count)
            pending.append(contentsOf: taken)
            rest = rest.dropFirst(taken.count)
            if pending.count < 64 { return }
            let block = pending
            block.withUnsafeBytes { compress($0) }
            pending.removeAll(keepingCapacity: true)
        }
        let whole = rest.count / 64 * 64
        compress(UnsafeRawBufferPointer(rebasing: rest.prefix(whole)))
        pending.append(contentsOf: rest.dropFirst(whole))
    }

    /// The 32 bytes of the digest of everything added so far.
    public var digest: [UInt8] {
        var copy = self
        var tail = copy.pending
        tail.append(0x80)
        while tail.count % 64 != 56 { tail.append(0) }
        for shift in stride(from: 56, through: 0, by: -8) {
            tail.append(UInt8(truncatingIfNeeded: (copy.byteCount &* 8) >> UInt64(shift)))
        }
        tail.withUnsafeBytes { copy.compress($0) }
        return copy.state.flatMap { word in
            [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) }
        }
    }

    /// The digest as 64 lower-case hexadecimal digits.
    public var hexDigest: String {
        let digits = Array("0123456789abcdef")
        return String(digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    /// The hexadecimal digest of some bytes.
    public static func hex(of bytes: some Sequence<UInt8>) -> String {
        var hash = SHA256()
        Array(bytes).withUnsafeBytes { hash.update($0) }
        return hash.hexDigest
    }

    /// The hexadecimal digest of a file, read piece by piece.
    public static func hex(ofFile path: String, in fileSystem: any FileSystem) throws -> String {
        var hash = SHA256()
        try fileSystem.withFile(path, for: .read) { file in
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
            defer { buffer.deallocate() }
            var offset = 0
            while true {
                let count = try fileSystem.readUpTo(file, at: offset, into: buffer)
                hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                offset += count
                if count < buffer.count { break }
            }
        }
        return hash.hexDigest
    }

    private mutating func compress(_ blocks: UnsafeRawBufferPointer) {
        guard let first = blocks.baseAddress, !blocks.isEmpty else { return }
        if usesInstructions {
            let bytes = first.assumingMemoryBound(to: UInt8.self)
            state.withUnsafeMutableBufferPointer {
                hire_sha256_blocks($0.baseAddress, bytes, blocks.count / 64)
            }
            return
        }
        state.withUnsafeMutableBufferPointer { state in
            schedule.withUnsafeMutableBufferPointer { w in
                SHA256.constants.withUnsafeBufferPointer { k in
                    for start in stride(from: 0, to: blocks.count, by: 64) {
                        SHA256.compress(blocks, start, state, w, k)
                    }
                }
            }
        }
    }

    private static func compress(
        _ bytes: UnsafeRawBufferPointer, _ start: Int, _ state: UnsafeMutableBufferPointer<UInt32>,
        _ w: UnsafeMutableBufferPointer<UInt32>, _ k: UnsafeBufferPointer<UInt32>
    ) {
        for t in 0..<16 {
            w[t] = UInt32(
                bigEndian: bytes.loadUnaligned(fromByteOffset: start + 4 * t, as: UInt32.self))
        }
        for t in 16..<64 {
            let s0 = rotate(w[t - 15], 7) ^ rotate(w[t - 15], 18) ^ (w[t - 15] >> 3)
            let s1 = rotate(w[t - 2], 17) ^ rotate(w[t - 2], 19) ^ (w[t - 2] >> 10)
            w[t] = w[t - 16] &+ s0 &+ w[t - 7] &+ s1
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        for t in 0..<64 {
            let s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
            let first = h &+ s1 &+ ((e & f) ^ (~e & g)) &+ k[t] &+ w[t]
            let s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
            let second = s0 &+ ((a & b) ^ (a & c) ^ (b & c))
            (h, g, f, e) = (g, f, e, d &+ first)
            (d, c, b, a) = (c, b, a, first &+ second)
        }
        state[0] &+= a
        state[1] &+= b
        state[2] &+= c
        state[3] &+= d
        state[4] &+= e
        state[5] &+= f
        state[6] &+= g
        state[7] &+= h
    }

    @inline(__always)
    private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 {
        (word >> count) | (word << (32 - count))
    }

    /// Whether the processor has instructions for this digest, which take a fifth of the time.
    private static let hasInstructions = hire_sha256_support() != 0

    /// The first 32 bits of the fractional parts of the square roots of the first 8 primes.
    private static let initialState: [UInt32] = fractions(count: 8) { $0.squareRoot() }

    /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
    private static let constants: [UInt32] = fractions(count: 64) { cubeRoot($0) }

    private static func fractions(count: Int, _ root: (Double) -> Double) -> [UInt32] {
        primes(count).map { prime in
            let value = root(Double(prime))
            return UInt32((value - value.rounded(.down)) * 4_294_967_296)
        }
    }

    /// Newton's method; 53 bits hold the 35 that are needed here with room to spare.
    private static func cubeRoot(_ value: Double) -> Double {
        var root = value / 2
        for _ in 0..<64 { root = (2 * root + value / (root * root)) / 3 }
        return root
    }

    private static func primes(_ count: Int) -> [Int] {
        var found: [Int] = []
        var candidate = 2
        while found.count < count {
            if !found.contains(where: { candidate % $0 == 0 }) { found.append(candidate) }
            candidate += 1
        }
        return found
    }
}
