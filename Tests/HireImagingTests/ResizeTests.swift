import HireArray
import HireImaging
import HireReference
import HireTestSupport
import Testing

@Suite("Resizing, cropping, normalising")
struct ResizeTests {
    private let backend = ReferenceBackend()

    @Test("Bytes equal Pillow's for every filter", arguments: GoldenImages.cases("resize"))
    func matchesPillow(golden: GoldenImages.Case) throws {
        let source = try Image(width: 41, height: 31, pixels: GoldenImages.bytes("resize.rgb"))
        let filter = try #require(ResizeFilter(rawValue: golden.filter))
        let image = try source.resized(width: golden.width, height: golden.height, filter)
        #expect(try image.pixels == GoldenImages.bytes(golden.file))
    }

    @Test("The published bicubic numbers of a 12x12 picture")
    func publishedNumbers() throws {
        let source = try Image(
            width: 12, height: 12, pixels: (0..<432).map { UInt8(truncatingIfNeeded: 37 * $0) })
        let small = try source.resized(width: 5, height: 5)
        #expect(small.pixels.reduce(0) { $0 + Int($1) } == 9543)
        #expect(Array(small.pixels.prefix(9)) == [101, 120, 138, 136, 116, 125, 113, 141, 122])
        #expect(Array(small.pixels.suffix(3)) == [121, 134, 122])
        let large = try source.resized(width: 20, height: 17)
        #expect(large.pixels.reduce(0) { $0 + Int($1) } == 129_528)
        #expect(Array(large.pixels.prefix(9)) == [0, 26, 63, 30, 79, 116, 108, 145, 182])
        #expect(Array(large.pixels.suffix(3)) == [0, 14, 67])
    }

    @Test("The shorter side gets the length, the longer one is rounded down")
    func shortestSide() throws {
        let wide = try Image(width: 101, height: 33).resized(shortestSide: 24, .bilinear)
        #expect(wide.width == 73 && wide.height == 24)
        let tall = try Image(width: 33, height: 101).resized(shortestSide: 24, .bilinear)
        #expect(tall.width == 24 && tall.height == 73)
    }

    @Test("Cropping, centring and padding put pixels where the image processors put them")
    func crops() throws {
        var image = try Image(width: 5, height: 3, fill: .white)
        image[2, 1] = Color(9, 8, 7)
        let part = try image.cropped(x: 1, y: 1, width: 2, height: 1)
        #expect(part.pixels == [255, 255, 255, 9, 8, 7])
        let centre = try image.centreCropped(width: 2, height: 6)
        // (5 - 2) / 2 = 1; (3 - 6) / 2 = -2, rounded down, so two black rows stand above.
        #expect(centre[1, 3] == Color(9, 8, 7))
        #expect(centre[0, 1] == .black && centre[0, 2] == .white && centre[0, 5] == .black)
        let square = image.paddedToSquare()
        #expect(square.width == 5 && square.height == 5)
        #expect(square[0, 0] == Color(122, 116, 104) && square[2, 2] == Color(9, 8, 7))
        let tall = try Image(width: 1, height: 4, fill: .white).paddedToSquare()
        #expect(tall[1, 0] == .white && tall[0, 0] == Color(122, 116, 104))
    }

    @Test("Normalised values equal those of Hugging Face's processor bit for bit")
    func normalises() throws {
        let pixels = (0..<256).flatMap { [UInt8](repeating: UInt8($0), count: 3) }
        let image = try Image(width: 256, height: 1, pixels: pixels)
        let array = try image.array(on: backend, .clip)
        #expect(array.shape == [1, 3, 1, 256])
        let expected = try GoldenImages.bytes("normalised-clip.f32").withUnsafeBytes { bytes in
            (0..<768).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
        }
        #expect(try array.floats() == expected)
        #expect(try Image(array, .clip) == image)
    }

    @Test("Arrays become pictures; values outside the range are clipped")
    func fromArray() throws {
        let array = try backend.array([-1, 0.5, 2, .nan, 1, 0.2] as [Float], [3, 1, 2])
        #expect(try Image(array).pixels == [0, 255, 255, 128, 0, 51])
        let wrong = #expect(throws: ImageError.self) {
            try Image(backend.array([Float](repeating: 0, count: 8), [4, 1, 2]))
        }
        #expect(wrong?.description.contains("got [4, 1, 2]") == true)
    }

    @Test("Sizes that make no sense are refused")
    func refusals() throws {
        let image = try Image(width: 2, height: 2)
        #expect(throws: ImageError.self) { try image.resized(width: 0, height: 5) }
        #expect(throws: ImageError.self) { try image.cropped(x: 0, y: 0, width: -1, height: 5) }
        #expect(throws: ImageError.self) { try Image(width: 2, height: 2, pixels: [1, 2]) }
        #expect(throws: ImageError.self) { try ImageNormalisation(mean: [0], deviation: [1]) }
    }
}
