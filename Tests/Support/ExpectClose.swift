import HireArray
import Testing

/// Records an issue unless two arrays have the same shape and |a - b| <= absolute + relative * |b| everywhere.
///
/// The message names the worst element: its index, both values, and how far they are apart. NaN equals NaN, and
/// infinities equal themselves. The arrays may come from different back-ends and have different dtypes.
///
/// - Returns: the largest absolute difference among elements that are finite on both sides.
@discardableResult
public func expectClose(
    _ a: NDArray, _ b: NDArray, relative: Double = 0, absolute: Double = 0, _ label: String = "",
    fileID: String = #fileID, filePath: String = #filePath, line: Int = #line, column: Int = #column
) throws -> Double {
    let location = SourceLocation(
        fileID: fileID, filePath: filePath, line: line, column: column)
    guard a.shape == b.shape else {
        Issue.record("\(label): shapes \(a.shape) and \(b.shape) differ.", sourceLocation: location)
        return .infinity
    }
    return compare(
        try a.doubles(), try b.doubles(), a.shape, relative, absolute, label, location)
}

/// Records an issue unless an array has the given values, row-major, within |a - b| <= absolute + relative * |b|.
@discardableResult
public func expectClose(
    _ a: NDArray, _ expected: [Double], relative: Double = 0, absolute: Double = 0,
    _ label: String = "", fileID: String = #fileID, filePath: String = #filePath,
    line: Int = #line, column: Int = #column
) throws -> Double {
    let location = SourceLocation(
        fileID: fileID, filePath: filePath, line: line, column: column)
    guard a.count == expected.count else {
        Issue.record(
            "\(label): \(a.count) elements of shape \(a.shape), expected \(expected.count).",
            sourceLocation: location)
        return .infinity
    }
    return compare(try a.doubles(), expected, a.shape, relative, absolute, label, location)
}

private func compare(
    _ a: [Double], _ b: [Double], _ shape: Shape, _ relative: Double, _ absolute: Double,
    _ label: String, _ location: SourceLocation
) -> Double {
    var largest = 0.0
    var worst: (index: Int, excess: Double)?
    var failures = 0
    for index in a.indices {
        if a[index] == b[index] || (a[index].isNaN && b[index].isNaN) { continue }
        let difference = abs(a[index] - b[index])
        if difference.isFinite { largest = max(largest, difference) }
        // Anything that is not finite on one side only is infinitely wrong.
        let excess =
            difference.isFinite
            ? difference - (absolute + relative * abs(b[index])) : Double.infinity
        if excess > 0 {
            failures += 1
            if worst.map({ excess > $0.excess }) ?? true { worst = (index, excess) }
        }
    }
    if let worst {
        let strides = shape.contiguousStrides
        let place = shape.indices.map { worst.index / strides[$0] % max(shape[$0], 1) }
        Issue.record(
            """
            \(label): \(failures) of \(a.count) elements differ by more than \(absolute) + \(relative)|b|; \
            worst at \(place) of \(shape): \(a[worst.index]) against \(b[worst.index]), \
            apart \(abs(a[worst.index] - b[worst.index])).
            """, sourceLocation: location)
    }
    return largest
}
