/// What one axis of recorded values means, and which positions of the model's own axis they are.
public struct RecordingAxis: Sendable, Hashable, ExpressibleByStringLiteral {
    /// Such as `token`, `head`, `row` or `channel`.
    public var label: String
    /// The positions that were kept, counted from 0; nil where all were, or where they differ between samples.
    public var positions: [Int]?

    /// An axis.
    public init(_ label: String, positions: [Int]? = nil) {
        self.label = label
        self.positions = positions
    }

    /// An axis of which everything was kept.
    public init(stringLiteral value: String) { self.init(value) }

    /// The name of the dimension scale: `token_576`, `token_576_from_35`, `head_2_at_0_3`.
    ///
    /// netCDF's readers know an axis by the name of its scale, so scales with other numbers have other names.
    func scaleName(_ extent: Int) -> String {
        let name = "\(label)_\(extent)"
        guard let positions, positions != Array(0..<extent), let first = positions.first else {
            return name
        }
        if positions == Array(first..<(first + extent)) { return "\(name)_from_\(first)" }
        if extent <= 4 {
            return "\(name)_at_\(positions.map(String.init).joined(separator: "_"))"
        }
        var sum: UInt32 = 2_166_136_261
        for position in positions {
            for byte in withUnsafeBytes(of: Int64(position).littleEndian, Array.init) {
                sum = (sum ^ UInt32(byte)) &* 16_777_619
            }
        }
        return "\(name)_at_\(String(sum, radix: 16))"
    }
}
