/// One axis of a linear resampling: each output position is a weighted sum of a run of input positions.
///
/// Bilinear, bicubic, nearest, area and antialiased resizing, as well as adaptive average pooling, are all this
/// operator on rows and then on columns; their adjoint (`transposed`) gives every gradient.
public struct AxisResampling: Sendable, Equatable {
    /// Positions that go in.
    public let inputLength: Int
    /// First input position of each output position.
    public let starts: [Int]
    /// Weights of the run that begins at `starts`, per output position.
    public let weights: [[Double]]

    /// Positions that come out.
    public var outputLength: Int { starts.count }

    /// The longest run.
    public var maximumTaps: Int { weights.lazy.map(\.count).max() ?? 0 }

    /// An operator given run by run.
    public init(inputLength: Int, starts: [Int], weights: [[Double]]) {
        precondition(
            starts.count == weights.count, "Each output position needs a start and weights.")
        for (start, run) in zip(starts, weights) {
            precondition(
                start >= 0 && start + run.count <= inputLength, "A run must stay inside the input.")
        }
        self.inputLength = inputLength
        self.starts = starts
        self.weights = weights
    }

    /// The adjoint operator, which carries gradients of the output back to the input.
    public var transposed: AxisResampling {
        var first = [Int](repeating: Int.max, count: inputLength)
        var last = [Int](repeating: -1, count: inputLength)
        for (output, start) in starts.enumerated() {
            for tap in weights[output].indices {
                first[start + tap] = Swift.min(first[start + tap], output)
                last[start + tap] = Swift.max(last[start + tap], output)
            }
        }
        var runs = (0..<inputLength).map { input in
            [Double](repeating: 0, count: last[input] < 0 ? 0 : last[input] - first[input] + 1)
        }
        for (output, start) in starts.enumerated() {
            for (tap, weight) in weights[output].enumerated() {
                runs[start + tap][output - first[start + tap]] += weight
            }
        }
        return AxisResampling(
            inputLength: outputLength, starts: first.map { $0 == Int.max ? 0 : $0 }, weights: runs)
    }
}
