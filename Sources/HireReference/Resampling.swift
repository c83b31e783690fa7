import HireArray

extension ReferenceBackend {
    /// Applies one linear operator along rows (axis -2) and one along columns (axis -1) of [..., H, W].
    public func resample(
        _ x: NDArray, rows: AxisResampling, columns: AxisResampling, into out: NDArray
    ) {
        Numbers(x, as: x.shape.planes).resampled(rows: rows, columns: columns).write(to: out)
    }
}

extension Numbers {
    /// [planes, H, W] with a linear operator applied along rows and another along columns.
    func resampled(rows: AxisResampling, columns: AxisResampling) -> Numbers {
        precondition(
            shape[1] == rows.inputLength && shape[2] == columns.inputLength,
            "A resampling must fit the map.")
        var tall = Numbers(zeros: [shape[0], rows.outputLength, shape[2]])
        for plane in 0..<shape[0] {
            for row in 0..<rows.outputLength {
                for column in 0..<shape[2] {
                    var sum = 0.0
                    for (tap, weight) in rows.weights[row].enumerated() {
                        sum += weight * self[plane, rows.starts[row] + tap, column]
                    }
                    tall[plane, row, column] = sum
                }
            }
        }
        var result = Numbers(zeros: [shape[0], rows.outputLength, columns.outputLength])
        for plane in 0..<shape[0] {
            for row in 0..<rows.outputLength {
                for column in 0..<columns.outputLength {
                    var sum = 0.0
                    for (tap, weight) in columns.weights[column].enumerated() {
                        sum += weight * tall[plane, row, columns.starts[column] + tap]
                    }
                    result[plane, row, column] = sum
                }
            }
        }
        return result
    }
}
