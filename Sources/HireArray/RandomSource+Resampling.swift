extension RandomSource {
    /// Means of bootstrap resamples: each draws as many of the values as there are, with replacement.
    ///
    /// Resample `r` is a function of this stream, the values and `r` alone, so the result does not depend on how many
    /// are asked for or on who else draws.
    ///
    /// - Parameter values: at least one.
    public func resampledMeans(of values: [Double], count: Int) -> [Double] {
        precondition(!values.isEmpty, "A resample needs values.")
        let size = UInt64(values.count)
        let blocks = (values.count + 3) / 4
        return values.withUnsafeBufferPointer { values in
            (0..<count).map { resample in
                var sum = 0.0
                var left = values.count
                for block in 0..<blocks {
                    let words = words(at: UInt64(resample) << 32 | UInt64(block))
                    for lane in 0..<min(4, left) {
                        sum += values[Int((UInt64(words[lane]) &* size) >> 32)]
                    }
                    left -= 4
                }
                return sum / Double(values.count)
            }
        }
    }

    /// Sums of values whose signs are drawn by coin flips.
    ///
    /// Sum `r` is a function of this stream, the values and `r` alone.
    public func signFlippedSums(of values: [Double], count: Int) -> [Double] {
        let blocks = (values.count + 127) / 128
        return values.withUnsafeBufferPointer { values in
            (0..<count).map { draw in
                var sum = 0.0
                for block in 0..<blocks {
                    let words = words(at: UInt64(draw) << 32 | UInt64(block))
                    for place in 0..<min(128, values.count - 128 * block) {
                        let isTurned = words[place >> 5] >> UInt32(place & 31) & 1 == 1
                        let value = values[128 * block + place]
                        sum += isTurned ? -value : value
                    }
                }
                return sum
            }
        }
    }
}
