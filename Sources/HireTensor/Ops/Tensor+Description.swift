import HireArray

extension Tensor: CustomStringConvertible {
    /// The dtype, the shape, the smallest, mean and largest element; the elements themselves only up to 8 x 8.
    public var description: String {
        let head = "Tensor \(dtype.shortName) \(shape)"
        guard array.hasValues else { return head + " (shape only)" }
        guard count > 0, let values = try? array.doubles() else { return head + " (empty)" }
        let brief = { (value: Double) in Tensor.number(value, whole: !dtype.isFloatingPoint) }
        var lowest = Double.infinity
        var highest = -Double.infinity
        var total = 0.0
        for value in values {
            lowest = Swift.min(lowest, value)
            highest = Swift.max(highest, value)
            total += value
        }
        let mean = Tensor.number(total / Double(count), whole: false)
        let summary = head + " min \(brief(lowest)) mean \(mean) max \(brief(highest))"
        switch rank {
        case 0: return head + " " + brief(values[0])
        case 1 where count <= 8:
            return summary + "\n[" + values.map(brief).joined(separator: ", ") + "]"
        case 2 where shape[0] <= 8 && shape[1] <= 8:
            let cells = values.map(brief)
            let width = cells.map(\.count).max() ?? 0
            let padded = cells.map { String(repeating: " ", count: width - $0.count) + $0 }
            let rows = stride(from: 0, to: count, by: shape[1]).map {
                "[" + padded[$0..<$0 + shape[1]].joined(separator: ", ") + "]"
            }
            return summary + "\n" + rows.joined(separator: "\n")
        default: return summary
        }
    }

    /// Four significant digits, without Foundation's formatting.
    private static func number(_ value: Double, whole: Bool) -> String {
        if whole, value == value.rounded(), Swift.abs(value) < 1e15 { return String(Int(value)) }
        guard value.isFinite, value != 0 else { return "\(value)" }
        var scale = 1.0
        while Swift.abs(value) * scale < 1000, scale < 1e18 { scale *= 10 }
        while Swift.abs(value) * scale >= 10000 { scale /= 10 }
        return "\((value * scale).rounded() / scale)"
    }
}
