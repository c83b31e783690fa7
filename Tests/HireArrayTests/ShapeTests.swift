import HireArray
import Testing

/// Shapes: broadcasting under NumPy's rule, axes from either end, windows.
@Suite struct ShapeTests {
    @Test(
        arguments: [
            ([3], [3], [3]), ([], [2, 3], [2, 3]), ([3], [2, 3], [2, 3]),
            ([2, 1], [1, 3], [2, 3]),
            ([4, 1, 1], [5, 6], [4, 5, 6]), ([0, 3], [1, 3], [0, 3]), ([1], [0], [0]),
        ] as [(Shape, Shape, Shape)])
    func broadcasting(_ left: Shape, _ right: Shape, _ expected: Shape) throws {
        #expect(try left.broadcast(with: right, operation: "add") == expected)
        #expect(try right.broadcast(with: left, operation: "add") == expected)
    }

    @Test func shapesThatDoNotFitAreNamed() {
        let error = #expect(throws: ArrayError.self) {
            try [2, 3].broadcast(with: [4], operation: "add")
        }
        #expect(
            error?.description == "add: expected shapes that broadcast (equal, or 1, on each axis "
                + "from the right), got [2, 3] and [4].")
    }

    @Test func axesCountFromEitherEnd() throws {
        #expect(try [4, 5, 6].axis(-1, operation: "sum") == 2)
        #expect(try [4, 5, 6].axis(0, operation: "sum") == 0)
        let error = #expect(throws: ArrayError.self) { try [4, 5].axis(2, operation: "sum") }
        #expect(error?.description == "sum: dimension 2 is outside -2...1.")
    }

    @Test func contiguousStridesAreRowMajor() {
        #expect([2, 3, 4].contiguousStrides == [12, 4, 1])
        #expect(Shape().contiguousStrides == [])
    }

    @Test func windowsGiveTheSizesOfPyTorch() {
        let window = Window2D(
            kernel: [3, 2], stride: [2, 1], padding: [1, 0], dilation: [1, 3])
        #expect(window.outputSize([7, 6]) == [4, 3])
        #expect(Window2D(kernel: [5, 5]).outputSize([4, 9]) == [0, 5])
    }
}
