import func Foundation.floor

extension AxisResampling {
    /// `F.interpolate(mode="bicubic", align_corners=False)`: A = -0.75, four taps, indices clamped to the border,
    /// no antialiasing.
    ///
    /// - Parameter step: input positions per output position; nil means input / output. PyTorch's `scale_factor=s`
    ///   is the step 1/s.
    public static func bicubic(
        from input: Int, to output: Int, step: Double? = nil
    ) -> AxisResampling {
        taps(from: input, to: output, step: step) { source in
            let base = Foundation.floor(source)
            let t = source - base
            return (Int(base) - 1, [cubic(t + 1), cubic(t), cubic(1 - t), cubic(2 - t)])
        }
    }

    /// `F.interpolate(mode="bilinear", align_corners=False)`: the source position is clamped at 0.
    public static func bilinear(from input: Int, to output: Int) -> AxisResampling {
        taps(from: input, to: output) { source in
            let clamped = Swift.max(source, 0)
            let base = Foundation.floor(clamped)
            return (Int(base), [1 - (clamped - base), clamped - base])
        }
    }

    /// `F.interpolate(mode="nearest")`: source index floor(i * input / output).
    public static func nearest(from input: Int, to output: Int) -> AxisResampling {
        AxisResampling(
            inputLength: input,
            starts: (0..<output).map { Swift.min($0 * input / output, input - 1) },
            weights: Array(repeating: [1], count: output))
    }

    /// `F.adaptive_avg_pool2d` and `F.interpolate(mode="area")`: windows floor(i*in/out) ..< ceil((i+1)*in/out).
    public static func area(from input: Int, to output: Int) -> AxisResampling {
        var starts: [Int] = []
        var weights: [[Double]] = []
        for index in 0..<output {
            let start = index * input / output
            let end = ((index + 1) * input + output - 1) / output
            starts.append(start)
            weights.append(Array(repeating: 1 / Double(end - start), count: end - start))
        }
        return AxisResampling(inputLength: input, starts: starts, weights: weights)
    }

    /// The antialiased filters of Pillow and of `F.interpolate(antialias=True)`: the support grows with the
    /// ratio when shrinking and weights are normalised per output position.
    ///
    /// - Parameters:
    ///   - support: reach of the filter at ratio 1 (1 for bilinear, 2 for bicubic).
    ///   - step: input positions per output position; nil means input / output.
    ///   - filter: the kernel, for example bicubic with a = -0.5.
    public static func antialiased(
        from input: Int, to output: Int, support: Double, step: Double? = nil,
        filter: (Double) -> Double
    ) -> AxisResampling {
        let scale = step ?? Double(input) / Double(output)
        let filterScale = Swift.max(scale, 1)
        let reach = support * filterScale
        var starts: [Int] = []
        var weights: [[Double]] = []
        for index in 0..<output {
            let center = (Double(index) + 0.5) * scale
            let start = Swift.min(Swift.max(Int(center - reach + 0.5), 0), input)
            let end = Swift.max(Swift.min(Int(center + reach + 0.5), input), start)
            var run = (start..<end).map { filter((Double($0) - center + 0.5) / filterScale) }
            let total = run.reduce(0, +)
            if total != 0 { run = run.map { $0 / total } }
            starts.append(start)
            weights.append(run)
        }
        return AxisResampling(inputLength: input, starts: starts, weights: weights)
    }

    /// Pillow's bicubic kernel, a = -0.5, support 2.
    public static func pillowCubic(_ x: Double) -> Double { cubic(Swift.abs(x), a: -0.5) }

    /// The cubic convolution kernel (Keys); PyTorch's a is -0.75.
    static func cubic(_ x: Double, a: Double = -0.75) -> Double {
        if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
        if x < 2 { return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a }
        return 0
    }

    /// Builds an operator from taps that may reach over the border; those are clamped onto the edge.
    private static func taps(
        from input: Int, to output: Int, step: Double? = nil,
        _ at: (Double) -> (first: Int, weights: [Double])
    ) -> AxisResampling {
        var starts: [Int] = []
        var weights: [[Double]] = []
        let ratio = step ?? Double(input) / Double(output)
        for index in 0..<output {
            let (first, run) = at((Double(index) + 0.5) * ratio - 0.5)
            let clamp = { (position: Int) in Swift.min(Swift.max(position, 0), input - 1) }
            let start = clamp(first)
            var merged = [Double](repeating: 0, count: clamp(first + run.count - 1) - start + 1)
            for (tap, weight) in run.enumerated() { merged[clamp(first + tap) - start] += weight }
            starts.append(start)
            weights.append(merged)
        }
        return AxisResampling(inputLength: input, starts: starts, weights: weights)
    }
}
