import HireArray
import HireShapes
import Testing

/// The back-end without numbers.
@Suite struct ShapesBackendTests {
    @Test func arraysHaveShapesAndBytesButNoValues() throws {
        let backend = ShapesBackend()
        let x = try backend.allocate([1, 1024, 672, 672], .float32)
        #expect(x.shape == [1, 1024, 672, 672] && !x.hasValues)
        #expect(backend.ledger.liveBytes == 4 * 1024 * 672 * 672)
        backend.unary(.gelu, x, into: x)
        #expect(backend.sumOfSquares(x) == 0)
        #expect(throws: ArrayError.noValues(operation: "read values")) { try x.floats() }
        #expect(try backend.array([1, 2, 3] as [Float], [3]).shape == [3])
    }

    @Test func bytesThatFitNoIntegerAreRefused() {
        #expect(throws: ArrayError.self) {
            try ShapesBackend().allocate([1 << 40, 1 << 40], .float32)
        }
    }
}
