import HireArray
import HireTestSupport
import Testing

/// Views share storage, copy nothing, and read the elements they should.
@Suite struct ViewTests {
    /// 0, 1, 2, … in memory of the test's own.
    private func counting(_ shape: Shape) throws -> NDArray {
        let storage = try Storage(byteCount: 4 * shape.elementCount, ledger: nil)
        let array = NDArray(storage: storage, dtype: .float32, shape: shape)
        for index in 0..<shape.elementCount { array.pointer(as: Float.self)[index] = Float(index) }
        return array
    }

    @Test func permutingReordersAxes() throws {
        let x = try counting([2, 3, 4])
        let y = x.permuted([2, 0, 1])
        #expect(y.shape == [4, 2, 3] && y.storage === x.storage && !y.isContiguous)
        #expect(try y.floats().prefix(7) == [0, 4, 8, 12, 16, 20, 1])
        #expect(try y.permuted([1, 2, 0]).floats() == x.floats())
        #expect(try counting([2, 3]).transposed(0, 1).floats() == [0, 3, 1, 4, 2, 5])
    }

    @Test func slicingStartsAndSteps() throws {
        let x = try counting([3, 5])
        #expect(
            try x.sliced(axis: 1, start: 1, length: 2, step: 3).floats() == [1, 4, 6, 9, 11, 14])
        #expect(try x.sliced(axis: 0, start: 2, length: 1).floats() == [10, 11, 12, 13, 14])
        #expect(x.sliced(axis: 0, start: 1, length: 2).isContiguous)
        #expect(try x.sliced(axis: 0, start: 3, length: 0).floats().isEmpty)
        #expect(try x.selected(axis: 1, index: 2).floats() == [2, 7, 12])
        #expect(x.selected(axis: 1, index: 2).shape == [3])
    }

    @Test func axesOfExtentOneComeAndGo() throws {
        let x = try counting([2, 3])
        for axis in 0...2 {
            let wide = x.unsqueezed(axis: axis)
            #expect(wide.rank == 3 && wide.shape[axis] == 1 && wide.isContiguous)
            #expect(try wide.squeezed(axis: axis).floats() == x.floats())
        }
    }

    @Test func expandingRepeatsWithStrideZero() throws {
        let row = try counting([3]).expanded(to: [2, 3])
        #expect(row.strides == [0, 1] && !row.isContiguous)
        #expect(try row.floats() == [0, 1, 2, 0, 1, 2])
        let column = try counting([2, 1]).expanded(to: [2, 3])
        #expect(try column.floats() == [0, 0, 0, 1, 1, 1])
        #expect(try counting([]).expanded(to: [2, 2]).floats() == [0, 0, 0, 0])
    }

    @Test func reshapingNeedsContiguousElements() throws {
        let x = try counting([2, 6])
        #expect(try #require(x.viewed(as: [3, 4])).floats() == x.floats())
        #expect(x.transposed(0, 1).viewed(as: [12]) == nil)
        let tail = x.sliced(axis: 0, start: 1, length: 1)
        #expect(try #require(tail.viewed(as: [6])).floats() == [6, 7, 8, 9, 10, 11])
        // An axis of extent 1 may have any stride.
        #expect(
            x.sliced(axis: 1, start: 0, length: 1).sliced(axis: 0, start: 0, length: 1).isContiguous
        )
    }

    @Test func emptyAndScalarArrays() throws {
        #expect(try counting([0, 3]).floats().isEmpty && Shape().elementCount == 1)
        #expect(try counting([]).floats() == [0])
        #expect(try counting([2, 0, 3]).permuted([2, 1, 0]).floats().isEmpty)
    }

    @Test func readingAsAnotherTypeThrows() throws {
        let x = try counting([2])
        #expect(throws: ArrayError.dtype(operation: "read values", expected: "i32", got: "f32")) {
            try x.elements(Int32.self)
        }
        #expect(try x.integers() == [0, 1] && x.doubles() == [0, 1])
    }

    @Test func indexBoundsLeaveOutTheIgnoredValue() throws {
        let storage = try Storage(byteCount: 16, ledger: nil)
        let indices = NDArray(storage: storage, dtype: .int32, shape: [2, 2])
        for (place, value) in [3, -100, 7, 5].enumerated() {
            indices.pointer(as: Int32.self)[place] = Int32(value)
        }
        #expect(indices.indexBounds() == -100...7)
        #expect(indices.indexBounds(excluding: -100) == 3...7)
        #expect(indices.transposed(0, 1).selected(axis: 0, index: 1).indexBounds() == -100...5)
        #expect(indices.sliced(axis: 0, start: 0, length: 0).indexBounds() == nil)
    }
}
