import HireFiles
import HireImaging
import HireTestSupport
import Testing

@Suite("Decoding pictures")
struct DecodeTests {
    @Test("Bytes equal Pillow's", arguments: GoldenImages.cases("decode"))
    func matchesPillow(golden: GoldenImages.Case) throws {
        let image = try ImageDecoder().decode(GoldenImages.bytes(golden.file), source: golden.file)
        #expect(image.width == golden.width && image.height == golden.height)
        #expect(try image.pixels == GoldenImages.bytes(golden.file + ".rgb"))
    }

    @Test(
        "Orientations come out upright when asked: all eight of JPEG, two of PNG and WebP",
        arguments: GoldenImages.cases("orientation"))
    func orientations(golden: GoldenImages.Case) throws {
        let bytes = try GoldenImages.bytes(golden.file)
        let upright = try ImageDecoder(appliesOrientation: true).decode(bytes, source: golden.file)
        #expect(upright.width == golden.width && upright.height == golden.height)
        #expect(try upright.pixels == GoldenImages.bytes(golden.file + ".rgb"))
        #expect(try ImageDecoder().decode(bytes, source: golden.file).width == 12)
    }

    @Test("The manifest lists the cases that these tests are about")
    func manifest() throws {
        #expect(GoldenImages.cases("decode").count == 39)
        #expect(GoldenImages.cases("orientation").count == 12)
        #expect(GoldenImages.cases("resize").count == 35)
        #expect(GoldenImages.cases("normalise").count == 1)
    }

    @Test("Files cut anywhere are errors with path and reason, never pictures")
    func truncated() throws {
        for name in [
            "rgb8.png", "gray16.png", "palette4.png", "color-420.jpg", "cmyk.jpg",
            "lossy-rgba.webp", "lossless-rgb.webp", "animation-lossy.webp",
        ] {
            let bytes = try GoldenImages.bytes(name)
            for length in stride(from: 0, to: bytes.count - 2, by: 7) {
                let error = #expect(throws: FileError.self, "\(name) cut to \(length)") {
                    try ImageDecoder().decode(Array(bytes.prefix(length)), source: name)
                }
                #expect(error?.path == name && error?.exitCode == 65)
            }
        }
        let jpeg = try GoldenImages.bytes("color-444.jpg")
        let error = #expect(throws: FileError.self) {
            try ImageDecoder().decode(Array(jpeg.prefix(jpeg.count / 2)), source: "cut.jpg")
        }
        #expect(error?.description.hasPrefix("cut.jpg: the JPEG is truncated: ") == true)
        let kept = try ImageDecoder(allowsTruncated: true)
            .decode(Array(jpeg.prefix(jpeg.count / 2)), source: "cut.jpg")
        #expect(kept.width == 37)
    }

    @Test("A PNG that claims 30000x30000 is refused at once")
    func bomb() throws {
        var bytes = try GoldenImages.bytes("rgb8.png")
        bytes.replaceSubrange(16..<24, with: [0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30])
        let clock = ContinuousClock()
        let time = clock.measure {
            let error = #expect(throws: FileError.self) {
                try ImageDecoder().decode(bytes, source: "bomb.png")
            }
            #expect(
                error?.description == "bomb.png: the image is too large: expected at most 64000000 "
                    + "pixels, got 30000x30000 = 900000000.")
        }
        // It takes microseconds; the bound of the promise is 10 ms, and the machine may be busy.
        #expect(time < .milliseconds(100))
    }

    @Test("A WebP or an animation that claims 16383x16383 is refused before it is decoded")
    func webpBomb() throws {
        // The 14-bit sizes of a lossless stream follow its signature; those of a canvas stand in VP8X.
        var lossless = try GoldenImages.bytes("lossless-rgb.webp")
        let start = try #require(lossless.firstIndex(of: 0x2F))
        lossless.replaceSubrange((start + 1)..<(start + 5), with: [0xFE, 0xBF, 0xFF, 0x0F])
        var animation = try GoldenImages.bytes("animation-lossy.webp")
        animation.replaceSubrange(24..<30, with: [0xFE, 0x3F, 0, 0xFE, 0x3F, 0])
        for bytes in [lossless, animation] {
            let error = #expect(throws: FileError.self) {
                try ImageDecoder().decode(bytes, source: "bomb.webp")
            }
            #expect(
                error?.description.contains("the image is too large") == true,
                "\(String(describing: error))")
        }
    }

    @Test("Limits on sides, pixels and bytes of the file hold for all formats")
    func limits() throws {
        for name in ["rgb8.png", "color-444.jpg", "lossy-rgb.webp", "animation-lossy.webp"] {
            let bytes = try GoldenImages.bytes(name)
            for limits in [
                ImageLimits(pixels: 100), ImageLimits(side: 10), ImageLimits(fileBytes: 50),
            ] {
                #expect(throws: FileError.self) {
                    try ImageDecoder(limits: limits).decode(bytes, source: name)
                }
            }
        }
    }

    @Test("Other formats and other bytes are named")
    func otherFormats() {
        for (bytes, text) in [
            (Array("GIF89a".utf8), "a GIF"),
            (Array("RIFF1234WAVE".utf8), "a file that begins with the bytes 52 49 46 46"),
            ([], "an empty file"), ([1, 2, 3, 4, 5], "a file that begins with the bytes 1 2 3 4"),
        ] {
            let error = #expect(throws: FileError.self) {
                try ImageDecoder().decode(bytes, source: "x")
            }
            #expect(
                error?.description
                    == "x at byte 0: this is no image of a known format: expected PNG, JPEG or WebP, got \(text)."
            )
        }
    }

    @Test("Mutilated files never trap (seed 3, 4,000 files)")
    func mutilated() throws {
        let seeds = try [
            "palette4.png", "gray16.png", "rgb8-interlaced.png", "color-420-progressive.jpg",
            "orientation-6.jpg", "lossy-rgba.webp", "lossless-rgb.webp", "animation-lossless.webp",
            "orientation-6.webp", "orientation-6.png",
        ]
        .map { try GoldenImages.bytes($0) }
        var state: UInt64 = 3
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        let decoder = ImageDecoder(
            limits: ImageLimits(pixels: 1_000_000), appliesOrientation: true, allowsTruncated: true)
        var refused = 0
        for index in 0..<4_000 {
            var bytes = seeds[index % seeds.count]
            for _ in 0...next(6) { bytes[next(bytes.count)] = UInt8(next(256)) }
            if (try? decoder.decode(bytes, source: "mutilated")) == nil { refused += 1 }
        }
        #expect(refused > 400 && refused < 4_000)
    }

    @Test("A picture written as PNG reads back the same, through a file too")
    func roundTrip() throws {
        var image = try Image(width: 33, height: 17, fill: Color(1, 2, 3))
        for x in 0..<33 {
            for y in 0..<17 { image[x, y] = Color(UInt8(x * 7), UInt8(y * 15), UInt8(x ^ y)) }
        }
        #expect(try ImageDecoder().decode(image.png(), source: "x") == image)
        let folder = try TemporaryFolder()
        try image.write(to: folder.file("a.png"))
        #expect(try Image(reading: folder.file("a.png")) == image)
        let missing = #expect(throws: FileError.self) { try Image(reading: folder.file("b.png")) }
        #expect(missing?.exitCode == 66)
    }
}
