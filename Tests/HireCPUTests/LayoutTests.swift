import HireArray
import Testing

@testable import HireCPU

/// The walk over strided operands, for every sub-range of small shapes.
@Suite struct LayoutTests {
    @Test(arguments: [
        ([5], [[3]]), ([4, 3], [[3, 1], [0, 1]]), ([2, 3, 4], [[12, 4, 1], [1, 2, 6]]),
        ([2, 1, 3, 2], [[100, 7, 10, 1], [0, 0, 2, 1], [6, 6, 2, 1]]), ([], [[]]),
        ([3, 2, 2, 2, 2], [[1, 3, 6, 12, 24], [16, 8, 4, 2, 1]]),
    ])
    func everyRangeVisitsItsElementsInOrder(_ shape: [Int], _ strides: [[Int]]) {
        // The expected offsets, by counting in row-major order.
        let count = shape.reduce(1, *)
        let expected = (0..<count).map { flat in
            strides.map { steps in
                var rest = flat
                var offset = 0
                for axis in shape.indices.reversed() {
                    offset += rest % shape[axis] * steps[axis]
                    rest /= shape[axis]
                }
                return offset
            }
        }
        let layout = Layout(shape: shape, strides: strides)
        #expect(layout.count == count)
        for low in 0..<count {
            for high in low...count {
                var visited: [[Int]] = []
                layout.forEachRun(in: low..<high) { offsets, position, length in
                    #expect(position == low + visited.count)
                    for index in 0..<length {
                        visited.append(
                            strides.indices.map { offsets[$0] + index * layout.innerStride($0) })
                    }
                }
                #expect(visited == Array(expected[low..<high]))
            }
        }
    }

    @Test func denseAxesMerge() {
        #expect(Layout(shape: [2, 3, 4], strides: [[12, 4, 1], [12, 4, 1]]).shape == [24])
        #expect(Layout(shape: [2, 3, 4], strides: [[12, 4, 1], [0, 0, 1]]).shape == [6, 4])
        #expect(Layout(shape: [2, 3, 4], strides: [[12, 4, 1], [3, 1, 0]]).shape == [6, 4])
    }
}
