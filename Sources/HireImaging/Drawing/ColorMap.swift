/// Colours for numbers from 0 to 1, straight between evenly spaced control points in sRGB.
public enum ColorMap: String, Sendable, CaseIterable {
    /// Dark violet over green to yellow, evenly brighter; close to matplotlib's viridis.
    case viridis
    /// Black over red to pale yellow, evenly brighter; for heat such as attention.
    case heat
    /// Blue over near-white to red; 0.5 is the neutral middle, for values with a sign.
    case diverging
    /// Black to white.
    case gray

    /// The colour of a value; what lies outside the range gets the colour of its end, NaN a plain gray.
    public func color(_ value: Double) -> Color {
        if value.isNaN { return .gray(190) }
        let points = controlPoints
        let place = min(max(value, 0), 1) * Double(points.count - 1)
        let index = min(Int(place), points.count - 2)
        return points[index].mixed(with: points[index + 1], place - Double(index))
    }

    /// The control points, from 0 to 1.
    private var controlPoints: [Color] {
        let codes: [UInt32]
        switch self {
        case .viridis:
            codes = [
                0x440154, 0x482878, 0x3E4A89, 0x31688E, 0x26828E, 0x1F9E89, 0x35B779, 0x6DCD59,
                0xB4DE2C,
                0xFDE725,
            ]
        case .heat: codes = [0x000004, 0x3A0F4F, 0x7C1D6D, 0xBA3655, 0xE8602C, 0xFBA40A, 0xFCF6A4]
        case .diverging:
            codes = [0x1F3F8F, 0x5B8FD0, 0xB4CFE9, 0xF4F4F2, 0xF2BFA6, 0xD9705A, 0x98152B]
        case .gray: codes = [0x000000, 0xFFFFFF]
        }
        return codes.map { Color(hex: $0) }
    }
}
