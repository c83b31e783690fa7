/// An opaque colour in sRGB, 8 bits per channel.
public struct Color: Sendable, Hashable {
    /// The red part.
    public var red: UInt8
    /// The green part.
    public var green: UInt8
    /// The blue part.
    public var blue: UInt8

    /// A colour from its parts.
    public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// A colour from 24 bits written as 0xRRGGBB.
    public init(hex: UInt32) {
        self.init(
            UInt8(truncatingIfNeeded: hex >> 16), UInt8(truncatingIfNeeded: hex >> 8),
            UInt8(truncatingIfNeeded: hex))
    }

    /// A gray.
    public static func gray(_ level: UInt8) -> Color { Color(level, level, level) }

    /// White.
    public static let white = Color.gray(255)
    /// Black.
    public static let black = Color.gray(0)

    /// The colour a fraction of the way to another.
    public func mixed(with other: Color, _ fraction: Double) -> Color {
        func mix(_ a: UInt8, _ b: UInt8) -> UInt8 {
            UInt8((Double(a) + (Double(b) - Double(a)) * min(max(fraction, 0), 1)).rounded())
        }
        return Color(mix(red, other.red), mix(green, other.green), mix(blue, other.blue))
    }

    /// How bright the colour looks, 0 to 1 (ITU-R BT.601), by which text on it is made black or white.
    public var luminance: Double {
        (0.299 * Double(red) + 0.587 * Double(green) + 0.114 * Double(blue)) / 255
    }
}
