import HireArray
import HireImaging

/// One drawn picture: what is on it and where.
struct ShapeScene {
    static let shapes = ["circle", "rectangle", "triangle"]
    static let colours: [(name: String, rgb: SIMD3<Double>)] = [
        ("black", [20, 20, 20]), ("blue", [40, 70, 220]), ("brown", [130, 80, 40]),
        ("gray", [128, 128, 128]), ("green", [40, 160, 60]), ("red", [215, 40, 40]),
        ("teal", [20, 150, 150]), ("yellow", [240, 210, 40]),
    ]

    let shape: Int
    let colour: Int
    private let center: SIMD2<Double>
    private let extent: SIMD2<Double>
    private let background: SIMD3<Double>

    /// The scene of one stream: every draw is a function of the stream.
    init(_ random: RandomSource, size: Int) {
        let draws = random.uniforms(8).map(Double.init)
        let side = Double(size)
        shape = min(Int(draws[0] * 3), 2)
        colour = min(Int(draws[1] * 8), 7)
        extent = SIMD2(0.12 + 0.16 * draws[2], 0.12 + 0.16 * draws[3]) * side
        center = SIMD2(0.3 + 0.4 * draws[4], 0.3 + 0.4 * draws[5]) * side
        background = SIMD3(repeating: 235) + 20 * SIMD3(draws[6], draws[7], draws[6])
    }

    /// The picture, four samples per pixel and axis.
    func drawn(size: Int) throws -> Image {
        var pixels = [UInt8](repeating: 0, count: size * size * 3)
        for y in 0..<size {
            for x in 0..<size {
                var covered = 0
                for sample in 0..<16 {
                    let point = SIMD2(
                        Double(x) + (Double(sample % 4) + 0.5) / 4,
                        Double(y) + (Double(sample / 4) + 0.5) / 4)
                    if contains(point) { covered += 1 }
                }
                let share = Double(covered) / 16
                let mixed = Self.colours[colour].rgb * share + background * (1 - share)
                for channel in 0..<3 {
                    pixels[3 * (y * size + x) + channel] = UInt8(mixed[channel].rounded())
                }
            }
        }
        return try Image(width: size, height: size, pixels: pixels)
    }

    private func contains(_ point: SIMD2<Double>) -> Bool {
        let offset = point - center
        switch shape {
        case 0: return (offset * offset).sum() <= extent.x * extent.x
        case 1: return abs(offset.x) <= extent.x && abs(offset.y) <= extent.y
        default:
            // An isosceles triangle with its tip at the top.
            let depth = (offset.y + extent.y) / (2 * extent.y)
            return depth >= 0 && depth <= 1 && abs(offset.x) <= extent.x * depth
        }
    }
}
