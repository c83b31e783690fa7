import HireArray
import Testing

/// Records an issue unless an array's sum, sum of squares, first and last elements are as given.
///
/// - Parameter tolerance: absolute for elements; relative to max(1, |expected|) for the two sums.
public func expectGolden(
    _ array: NDArray, sum: Double, squares: Double, first: [Double], last: [Double],
    tolerance: Double = 1e-4, fileID: String = #fileID, filePath: String = #filePath,
    line: Int = #line, column: Int = #column
) throws {
    let location = SourceLocation(
        fileID: fileID, filePath: filePath, line: line, column: column)
    let values = try array.doubles()
    func check(_ what: String, _ got: Double, _ expected: Double, _ allowed: Double) {
        if !(abs(got - expected) <= allowed) {
            Issue.record("\(what) is \(got), expected \(expected).", sourceLocation: location)
        }
    }
    check("The sum", values.reduce(0, +), sum, tolerance * max(1, abs(sum)))
    check(
        "The sum of squares", values.reduce(0) { $0 + $1 * $1 }, squares,
        tolerance * max(1, abs(squares)))
    for (index, expected) in first.enumerated() {
        check("Element \(index)", values[index], expected, tolerance)
    }
    for (index, expected) in last.enumerated() {
        let place = values.count - last.count + index
        check("Element \(place)", values[place], expected, tolerance)
    }
}
