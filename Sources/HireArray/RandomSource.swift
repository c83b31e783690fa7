/// Counter-based random numbers: each value is a pure function of (seed, stream name, index).
///
/// There is no hidden state, so a stream gives the same numbers whoever else draws, in any order and on any
/// thread. The generator is Philox 4x32-10 (Salmon et al., 2011); the stream name is hashed with FNV-1a.
public struct RandomSource: Sendable, Equatable {
    /// The seed of the whole run.
    public let seed: UInt64
    private let stream: UInt64

    /// The root stream of a seed.
    public init(seed: UInt64) {
        self.seed = seed
        self.stream = 0xCBF2_9CE4_8422_2325
    }

    private init(seed: UInt64, stream: UInt64) {
        self.seed = seed
        self.stream = stream
    }

    /// An independent stream for a name, such as a parameter's path.
    public func named(_ name: String) -> RandomSource {
        var hash = stream
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return RandomSource(seed: seed, stream: (hash ^ 0xFF) &* 0x0000_0100_0000_01B3)
    }

    /// An independent stream for a number, such as a step or a sample.
    public func indexed(_ index: Int) -> RandomSource { named("#\(index)") }

    /// Four random words for one counter; the stream is the upper half of Philox's counter, the seed its key.
    @inlinable
    public func words(at counter: UInt64) -> SIMD4<UInt32> {
        Self.philox(
            counter: SIMD4(
                UInt32(truncatingIfNeeded: counter), UInt32(truncatingIfNeeded: counter >> 32),
                streamLow, streamHigh),
            key: SIMD2(
                UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))
    }

    /// Philox 4x32-10 itself (Salmon et al., 2011): ten rounds on a counter of four words under a key of two.
    @inlinable
    public static func philox(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
        var state = counter
        var key = key
        for _ in 0..<10 {
            let product0 = UInt64(0xD251_1F53) &* UInt64(state.x)
            let product1 = UInt64(0xCD9E_8D57) &* UInt64(state.z)
            state = SIMD4(
                UInt32(truncatingIfNeeded: product1 >> 32) ^ state.y ^ key.x,
                UInt32(truncatingIfNeeded: product1),
                UInt32(truncatingIfNeeded: product0 >> 32) ^ state.w ^ key.y,
                UInt32(truncatingIfNeeded: product0))
            key &+= SIMD2(0x9E37_79B9, 0xBB67_AE85)
        }
        return state
    }

    @usableFromInline var streamLow: UInt32 { UInt32(truncatingIfNeeded: stream) }
    @usableFromInline var streamHigh: UInt32 { UInt32(truncatingIfNeeded: stream >> 32) }

    /// Uniform numbers in [0, 1) with 24 random bits each.
    public func uniforms(_ count: Int) -> [Float] {
        var result = [Float]()
        result.reserveCapacity(count + 3)
        var counter: UInt64 = 0
        while result.count < count {
            let block = words(at: counter)
            for lane in 0..<4 { result.append(Float(block[lane] >> 8) * 0x1p-24) }
            counter += 1
        }
        result.removeLast(result.count - count)
        return result
    }

    /// A uniform integer in 0..<bound, by the index-th draw of this stream (Lemire's multiply-shift on 64 bits).
    public func integer(below bound: Int, at index: Int = 0) -> Int {
        precondition(bound > 0, "A random integer needs a positive bound.")
        let block = words(at: UInt64(index))
        let word = UInt64(block.x) << 32 | UInt64(block.y)
        return Int(word.multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// A permutation of 0..<count (Fisher-Yates).
    public func permutation(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        guard count > 1 else { return order }
        for last in stride(from: count - 1, to: 0, by: -1) {
            order.swapAt(last, integer(below: last + 1, at: last))
        }
        return order
    }
}
