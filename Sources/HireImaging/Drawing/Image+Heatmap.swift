import HireArray

extension Image {
    /// A picture of numbers, one pixel each.
    ///
    /// - Parameters:
    ///   - values: an array of shape [rows, columns].
    ///   - range: the numbers that get the first and last colour; nil takes the smallest and largest finite ones.
    /// - Throws: `ImageError` for another shape; `ArrayError.noValues` in a shapes-only run.
    public init(
        heatmap values: NDArray, range: ClosedRange<Double>? = nil, _ map: ColorMap = .viridis
    ) throws {
        guard values.rank == 2, values.count > 0 else {
            throw ImageError(
                operation: "draw a heat map",
                problem: "expected the shape [rows, columns], got \(values.shape)")
        }
        let numbers = try values.doubles()
        let chosen = range ?? Image.finiteRange(numbers)
        let span = chosen.upperBound - chosen.lowerBound
        var pixels: [UInt8] = []
        pixels.reserveCapacity(numbers.count * 3)
        for number in numbers {
            let color = map.color(
                span > 0 ? (number - chosen.lowerBound) / span : number.isNaN ? .nan : 0.5)
            pixels += [color.red, color.green, color.blue]
        }
        try self.init(width: values.shape[1], height: values.shape[0], pixels: pixels)
    }

    /// The smallest and largest finite number; 0 to 1 if there is none.
    public static func finiteRange(_ numbers: [Double]) -> ClosedRange<Double> {
        let finite = numbers.filter(\.isFinite)
        guard let low = finite.min(), let high = finite.max() else { return 0...1 }
        return low...high
    }
}
