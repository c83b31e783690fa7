import HireArray

#if canImport(Glibc)
    import Glibc
#endif

extension CPUBackend {
    /// Uniform in [low, high).
    public func uniform(_ source: RandomSource, low: Double, high: Double, into out: NDArray) {
        let target = out.floatPointer
        let count = out.count
        let scale = (high - low) * 0x1p-24
        let blocks = (count + 3) / 4
        parallel(blocks, grain: 2048) { range in
            for block in range {
                let words = source.words(at: UInt64(block)) &>> 8
                let first = block * 4
                for lane in 0..<min(4, count - first) {
                    target[first + lane] = Float(low + scale * Double(words[lane]))
                }
            }
        }
    }

    /// Normal, by Box-Muller on two uniforms of the same counter.
    public func normal(_ source: RandomSource, mean: Double, deviation: Double, into out: NDArray) {
        let target = out.floatPointer
        parallel(out.count, grain: 1024) { range in
            for index in range {
                let words = source.words(at: UInt64(index))
                let first = (Double(words.x >> 8) + 1) * 0x1p-24
                let second = Double(words.y >> 8) * 0x1p-24
                let z = (-2 * log(first)).squareRoot() * cos(2 * Double.pi * second)
                target[index] = Float(mean + deviation * z)
            }
        }
    }
}
