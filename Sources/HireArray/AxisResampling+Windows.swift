/// Parts of an operator, so that a piece of the output can be made from a piece of the input with the very same sums.
extension AxisResampling {
    /// Every position as it is.
    public static func identity(_ length: Int) -> AxisResampling {
        AxisResampling(
            inputLength: length, starts: Array(0..<length),
            weights: Array(repeating: [1], count: length))
    }

    /// This operator followed by reflect padding: `margin` more outputs at either end, mirrored without repeating the
    /// edge.
    ///
    /// The margin must be smaller than the output.
    public func reflected(by margin: Int) -> AxisResampling {
        let last = outputLength - 1
        precondition(margin >= 0 && margin <= last, "A reflected border must stay inside the axis.")
        let places = (-margin...(last + margin)).map { place in
            place < 0 ? -place : place > last ? 2 * last - place : place
        }
        return AxisResampling(
            inputLength: inputLength, starts: places.map { starts[$0] },
            weights: places.map { weights[$0] })
    }

    /// The operator that makes some of the outputs, and the inputs that it needs; its own input is those alone.
    public func window(_ outputs: Range<Int>) -> (part: AxisResampling, inputs: Range<Int>) {
        precondition(
            !outputs.isEmpty && outputs.lowerBound >= 0 && outputs.upperBound <= outputLength,
            "A window must lie inside the output.")
        let first = outputs.lazy.map { starts[$0] }.min() ?? 0
        let end = outputs.lazy.map { starts[$0] + weights[$0].count }.max() ?? inputLength
        let part = AxisResampling(
            inputLength: end - first, starts: outputs.map { starts[$0] - first },
            weights: Array(weights[outputs]))
        return (part, first..<end)
    }
}
