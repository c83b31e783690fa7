/// SplitMix64: the same seed gives the same inputs on every machine.
package struct FuzzRandom {
    private var state: UInt64

    /// A generator for one input of one run.
    package init(seed: UInt64, index: Int) {
        state =
            seed &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: index)
            &* 0xD1B5_4A32_D192_ED03
        _ = next()
    }

    /// 64 random bits.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// A number below a bound of at least 1.
    package mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    /// True once in so many times.
    package mutating func once(in times: Int) -> Bool { below(times) == 0 }

    /// One of the elements, of which there must be some.
    package mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[below(elements.count)]
    }
}
