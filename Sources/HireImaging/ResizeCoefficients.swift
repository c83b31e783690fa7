import Glibc

/// The fixed-point weights with which one axis is resampled, rounded as Pillow rounds them.
struct ResizeCoefficients {
    /// Bits behind the point: 32 less 8 for the pixel and 2 for overshoot.
    static let precision = 32 - 8 - 2

    /// The first source position of each output position.
    private(set) var starts: [Int] = []
    /// How many source positions each output position reads.
    private(set) var counts: [Int] = []
    /// `width` weights per output position.
    private(set) var weights: [Int32] = []
    /// The most source positions that an output position reads.
    let width: Int

    init(from input: Int, to output: Int, _ filter: ResizeFilter) {
        let scale = Double(input) / Double(output)
        // Shrinking widens the filter, so that every source pixel counts.
        let stretch = max(scale, 1)
        let support = filter.support * stretch
        width = Int(ceil(support)) * 2 + 1
        weights = [Int32](repeating: 0, count: output * width)
        for position in 0..<output {
            let centre = (Double(position) + 0.5) * scale
            let first = max(0, Int(centre - support + 0.5))
            let end = min(input, Int(centre + support + 0.5))
            var exact: [Double] = []
            for source in first..<max(first, end) {
                exact.append(filter.weight((Double(source) - centre + 0.5) * (1 / stretch)))
            }
            let sum = exact.reduce(0, +)
            for (index, weight) in exact.enumerated() {
                let scaled =
                    (sum == 0 ? weight : weight / sum) * Double(1 << ResizeCoefficients.precision)
                weights[position * width + index] = Int32(scaled < 0 ? scaled - 0.5 : scaled + 0.5)
            }
            starts.append(first)
            counts.append(exact.count)
        }
    }
}
