import Foundation
import Glibc
import HireArray
import HireFiles
import HireImaging
import HireReference
import Testing

@Suite("Drawing")
struct DrawingTests {
    private let backend = ReferenceBackend()

    /// Keeps a picture for looking at when the folder is named; tests do not need it.
    private func keep(_ image: Image, _ name: String) throws {
        if let folder = getenv("HIRE_WRITE_DRAWINGS") {
            try image.write(to: FilePath.join(String(cString: folder), name + ".png"))
        }
    }

    private func count(_ image: Image, _ color: Color) -> Int {
        var found = 0
        for y in 0..<image.height {
            for x in 0..<image.width where image[x, y] == color { found += 1 }
        }
        return found
    }

    @Test(
        "Rectangles, lines and discs cover the pixels they should, and nothing outside the canvas traps"
    )
    func shapes() throws {
        var canvas = try Canvas(width: 20, height: 10)
        canvas.fill(x: 2, y: 3, width: 4, height: 2, .black)
        #expect(count(canvas.image, .black) == 8)
        canvas.fill(x: -5, y: -5, width: 6, height: 6, .black)
        #expect(canvas.image[0, 0] == .black && canvas.image[1, 1] == .white)
        canvas.fill(x: 10, y: 0, width: 1, height: 1, .black, opacity: 0.5)
        #expect(canvas.image[10, 0] == .gray(128))
        canvas.line(from: (12, 5.5), to: (18, 5.5), .black)
        #expect(canvas.image[15, 5] == .black && canvas.image[15, 4] == .white)
        canvas.disc(x: 15, y: 8, radius: 1.5, Color(9, 9, 9))
        #expect(canvas.image[15, 8] == Color(9, 9, 9))
        canvas.line(from: (-1e9, -1e9), to: (1e9, 1e9), .black)
        canvas.line(from: (.nan, 0), to: (.infinity, 1), .black)
        canvas.draw(canvas.image, x: -3, y: 4, width: 50, height: 50)
        canvas.text("outside", x: -20, y: -3, size: 14)
        #expect(throws: ImageError.self) { try Canvas(width: 0, height: 1) }
        #expect(throws: ImageError.self) { try Canvas(width: 100_000, height: 1) }
    }

    @Test("A crossing drawn as one line is not darker where it meets itself")
    func crossing() throws {
        var canvas = try Canvas(width: 11, height: 11)
        canvas.polyline([(0, 5.5), (11, 5.5), (5.5, 5.5), (5.5, 0)], .black, opacity: 0.5)
        #expect(canvas.image[5, 5] == .gray(128))
    }

    @Test("Pictures are enlarged in whole blocks")
    func blocks() throws {
        let small = try Image(width: 2, height: 1, pixels: [255, 0, 0, 0, 0, 255])
        var canvas = try Canvas(width: 8, height: 4)
        canvas.draw(small, x: 0, y: 0, width: 8, height: 4)
        #expect(count(canvas.image, Color(255, 0, 0)) == 16)
        #expect(count(canvas.image, Color(0, 0, 255)) == 16)
    }

    @Test("Every letter of ASCII has ink, different from every other's")
    func letters() throws {
        var seen: [[UInt8]: Character] = [:]
        for code in UInt8(33)..<127 {
            let letter = Character(Unicode.Scalar(code))
            var canvas = try Canvas(width: 30, height: 40)
            canvas.text(String(letter), x: 5, y: 15, size: 21, .black)
            #expect(canvas.image.pixels.contains(0), "\(letter)")
            let twin = seen.updateValue(letter, forKey: canvas.image.pixels)
            #expect(twin == nil, "\(letter) looks like another letter")
        }
        #expect(Canvas.textWidth("", size: 14) == 0)
        #expect(Canvas.textWidth("ab", size: 14) > Canvas.textWidth("a", size: 14))
    }

    @Test("Colour maps begin and end with their control points and grow brighter")
    func colorMaps() {
        #expect(ColorMap.viridis.color(0) == Color(hex: 0x440154))
        #expect(ColorMap.viridis.color(1) == Color(hex: 0xFDE725))
        #expect(ColorMap.viridis.color(7) == Color(hex: 0xFDE725))
        #expect(ColorMap.diverging.color(0.5) == Color(hex: 0xF4F4F2))
        #expect(ColorMap.gray.color(0.5) == .gray(128))
        #expect(ColorMap.viridis.color(.nan) == .gray(190))
        for map in [ColorMap.viridis, .heat, .gray] {
            let brightness = (0...100).map { map.color(Double($0) / 100).luminance }
            #expect(
                zip(brightness, brightness.dropFirst()).allSatisfy { $0 <= $1 + 0.005 }, "\(map)")
        }
    }

    @Test("Heat maps colour numbers between the ends of the range")
    func heatmap() throws {
        let values = try backend.array([0, 1, 2, .nan] as [Float], [2, 2])
        let image = try Image(heatmap: values, .gray)
        #expect(image.pixels == [0, 0, 0, 128, 128, 128, 255, 255, 255, 190, 190, 190])
        let clipped = try Image(heatmap: values, range: 0...1, .gray)
        #expect(clipped[0, 1] == .white)
        let flat = try Image(
            heatmap: backend.array([Float](repeating: 3, count: 2), [1, 2]), .gray)
        #expect(flat[0, 0] == .gray(128))
        #expect(throws: ImageError.self) { try Image(heatmap: backend.array([Float(1)], [1])) }
    }

    @Test("A line plot shows every series in its colour, in linear and logarithmic axes")
    func linePlot() throws {
        func curve(_ rate: Double) -> [(x: Double, y: Double)] {
            (1...200).map {
                (Double($0) * 10, 4 * exp(-rate * Double($0) / 60) + 0.02 * sin(Double($0)))
            }
        }
        var plot = LinePlot(
            title: "Training loss, pocket model", xLabel: "step", yLabel: "cross-entropy (nats)",
            series: [
                .init("none", curve(0.6)), .init("bicubic", curve(0.9), isDashed: true),
                .init("hire", curve(1.4)), .init("s2 (3 scales)", curve(1.1)),
            ])
        let linear = try plot.image()
        try keep(linear, "lines")
        for index in 0..<4 {
            #expect(count(linear, plot.style.palette[index]) > 300, "series \(index)")
        }
        plot.hasLogarithmicX = true
        plot.hasLogarithmicY = true
        plot.series = [
            .init(
                "pushed", [(196, 2.5e9), (576, 9.1e10), (2304, 1.3e12), (5184, 8e12)],
                hasMarkers: true),
            .init(
                "pulled", [(196, 8e6), (576, 6.2e7), (2304, .nan), (5184, 9e8)], hasMarkers: true),
        ]
        plot.title = "Cost of enrichment"
        plot.xLabel = "tokens"
        plot.yLabel = "multiply-adds per image"
        let logarithmic = try plot.image()
        try keep(logarithmic, "lines-logarithmic")
        #expect(count(logarithmic, plot.style.palette[0]) > 300)
        plot.series = [.init("a", [(1, .nan), (2, -1)])]
        #expect(throws: ImageError.self) { try plot.image() }
        plot.series = [.init("a", [(1, 1)])]
        #expect(try plot.image().width == 960)
        #expect(throws: ImageError.self) { try plot.image(width: 30, height: 30) }
    }

    @Test("A bar plot shows bars as high as their numbers")
    func barPlot() throws {
        let plot = BarPlot(
            title: "Accuracy by question", yLabel: "accuracy (%)",
            categories: ["colour", "shape", "yes/no", "overall"],
            series: [
                .init("none", [61.2, 48.9, 70, 60.1], errors: [2, 1.5, 1, 0.8]),
                .init("jbu", [66.4, 58.3, 71.5, 65.2], errors: [2, 1.5, 1, 0.8]),
                .init("hire", [71.9, 69, .nan, 71.2], errors: [2, 1.5, 1, 0.8]),
            ])
        let image = try plot.image()
        try keep(image, "bars")
        let ratio =
            Double(count(image, plot.style.palette[2]))
            / Double(count(image, plot.style.palette[0]))
        #expect(abs(ratio - (71.9 + 69 + 71.2) / (61.2 + 48.9 + 70 + 60.1)) < 0.06)
        let negative = BarPlot(categories: ["a", "b"], series: [.init("x", [-1, 2])])
        try keep(negative.image(width: 400, height: 300), "bars-negative")
        let long = BarPlot(
            categories: (0..<9).map { "variant with a long name \($0)" },
            series: [.init("x", (0..<9).map { Double($0) * 1e9 })])
        try keep(long.image(), "bars-long")
        #expect(throws: ImageError.self) { try BarPlot(categories: [], series: []).image() }
        #expect(throws: ImageError.self) {
            try BarPlot(categories: ["a"], series: [.init("x", [1, 2])]).image()
        }
    }

    @Test("A plot as SVG has the bars and texts of the picture")
    func vectors() throws {
        let plot = BarPlot(
            title: "A < B & C", yLabel: "y", categories: ["a", "b"],
            series: [.init("one", [1, 2]), .init("two", [3, -4])])
        let svg = try plot.svg(width: 400, height: 300)
        #expect(svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>\n"))
        #expect(svg.contains("A &lt; B &amp; C") && !svg.contains("A < B"))
        for color in plot.style.palette.prefix(2) {
            let digits = [color.red, color.green, color.blue].map {
                ($0 < 16 ? "0" : "") + String($0, radix: 16)
            }
            // Two bars and the legend's line.
            #expect(svg.components(separatedBy: "#" + digits.joined()).count - 1 == 3)
        }
        let lines = LinePlot(yLabel: "y", series: [.init("s", [(x: 0, y: 1), (x: 1, y: .nan)])])
        #expect(try !lines.svg().contains("nan"))
        #expect(throws: ImageError.self) { try BarPlot(categories: [], series: []).svg() }
    }

    @Test("A sheet shows its pictures and scales")
    func sheet() throws {
        func map(_ rows: Int, _ step: Double) throws -> Image {
            let values = (0..<(rows * rows)).map {
                Float(sin(Double($0 % rows) * step) * cos(Double($0 / rows) * step))
            }
            return try Image(heatmap: backend.array(values, [rows, rows]), range: -1...1)
        }
        let picture = try ImageDecoder().decode(GoldenImages.bytes("color-444.jpg"), source: "x")
        var sheet = ImageSheet(
            title: "Channel 17 of the enriched map", rowLabels: ["kitchen", "street"],
            columnLabels: ["image", "none 24×24", "jbu 84×84", "hire 168×168"],
            rows: [
                [picture, try map(24, 0.5), try map(84, 0.15), try map(168, 0.07)],
                [picture, try map(24, 0.7), nil, try map(168, 0.1)],
            ])
        sheet.colorBars = [
            ColorBar(.viridis, range: -1...1, label: "activation"),
            ColorBar(.diverging, range: -0.004...0.004, label: "difference"),
            ColorBar(.heat, range: 0...25_000),
        ]
        let image = try sheet.image()
        try keep(image, "sheet")
        #expect(count(image, ColorMap.viridis.color(1)) > 0)
        #expect(image.width > 4 * 180)
        #expect(throws: ImageError.self) { try ImageSheet(rows: [[nil]]).image() }
        sheet.rowLabels = ["1", "2", "3"]
        #expect(throws: ImageError.self) { try sheet.image() }
    }

    @Test("Every letter, for looking at")
    func specimen() throws {
        var canvas = try Canvas(width: 900, height: 330)
        let lines = [
            "ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789", "abcdefghijklmnopqrstuvwxyz (quick brown fox)",
            "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~×",
        ]
        for (index, line) in lines.enumerated() {
            for (row, size) in [10.0, 12, 18].enumerated() {
                canvas.text(line, x: 10, y: Double(20 + index * 105 + row * 32), size: size)
            }
        }
        try keep(canvas.image, "letters")
        #expect(count(canvas.image, Color(hex: 0x222222)) > 3_000)
    }
}
