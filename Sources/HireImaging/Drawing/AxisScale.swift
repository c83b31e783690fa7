import Glibc

/// How numbers of one axis become positions from 0 to 1, and where its ticks stand.
struct AxisScale {
    struct Tick: Equatable {
        let value: Double
        let label: String
    }

    let low: Double
    let high: Double
    let isLogarithmic: Bool
    let ticks: [Tick]

    /// A scale over a range, widened to whole ticks.
    init(_ range: ClosedRange<Double>, isLogarithmic: Bool, wanted: Int = 6) {
        self.isLogarithmic = isLogarithmic
        if isLogarithmic {
            let (first, last) = (
                Int(floor(log10(range.lowerBound) + 1e-9)),
                Int(ceil(log10(range.upperBound) - 1e-9))
            )
            let end = max(last, first + 1)
            low = pow(10, Double(first))
            high = pow(10, Double(end))
            let skip = max(1, (end - first + wanted - 1) / wanted)
            let within: [Double] = end - first <= 2 ? [1, 2, 5] : [1]
            var found: [Tick] = []
            for power in Swift.stride(from: first, through: end, by: skip) {
                for factor in within where power < end || factor == 1 {
                    let value = factor * pow(10, Double(power))
                    found.append(Tick(value: value, label: AxisScale.label(value, step: value)))
                }
            }
            ticks = found
        } else {
            var (bottom, top) = (range.lowerBound, range.upperBound)
            if bottom == top {
                let margin = bottom == 0 ? 1 : abs(bottom) * 0.1
                (bottom, top) = (bottom - margin, top + margin)
            }
            let step = AxisScale.step((top - bottom) / Double(max(1, wanted)))
            let (first, last) = (floor(bottom / step + 1e-9), ceil(top / step - 1e-9))
            low = first * step
            high = last * step
            ticks = (0...Int(last - first)).map { index in
                let value = (first + Double(index)) * step
                return Tick(
                    value: value,
                    label: AxisScale.label(value, step: step, largest: max(abs(bottom), abs(top))))
            }
        }
    }

    /// Where a number stands, 0 at the low end; nil for what the scale cannot show.
    func position(_ value: Double) -> Double? {
        if !value.isFinite || (isLogarithmic && value <= 0) { return nil }
        return isLogarithmic
            ? (log10(value) - log10(low)) / (log10(high) - log10(low))
            : (value - low) / (high - low)
    }

    /// The next round step at or above a rough one: 1, 2, 2.5 or 5 times a power of ten.
    private static func step(_ rough: Double) -> Double {
        let power = pow(10, floor(log10(rough)))
        let factor = [1, 2, 2.5, 5, 10].first { $0 * power >= rough * (1 - 1e-9) } ?? 10
        return factor * power
    }

    /// A number as short as its step allows; from 10,000 on with k, M, G or T, below 0.001 as a power.
    ///
    /// - Parameter largest: the largest number beside it, so that all of an axis have the same unit.
    static func label(_ value: Double, step: Double, largest: Double = 0) -> String {
        if value == 0 || abs(value) < step * 1e-6 { return "0" }
        let size = max(abs(value), step, largest)
        let units: [(Double, String)] = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")]
        if size >= 1e15 || size < 1e-3 {
            let power = floor(log10(abs(value)) + 1e-9)
            let mantissa = value / pow(10, power)
            return "\(decimal(mantissa, digits: 2))e\(Int(power))"
        }
        if size >= 1e4 {
            for (unit, name) in units where size >= unit && abs(step) * 1000 >= unit {
                return decimal(value / unit, digits: digits(step / unit)) + name
            }
        }
        return decimal(value, digits: digits(step))
    }

    private static func digits(_ step: Double) -> Int {
        for count in 0...6 {
            let scaled = abs(step) * pow(10, Double(count))
            if abs(scaled - scaled.rounded()) < 1e-6 * scaled { return count }
        }
        return 6
    }

    /// A number with at most so many digits behind the point and no zeros at its end.
    static func decimal(_ value: Double, digits: Int) -> String {
        let scale = pow(10, Double(digits))
        let whole = Int((abs(value) * scale).rounded())
        let sign = value < 0 && whole > 0 ? "-" : ""
        let (integer, fraction) = (whole / Int(scale), whole % Int(scale))
        if fraction == 0 { return "\(sign)\(integer)" }
        var text = String(fraction)
        text = String(repeating: "0", count: digits - text.count) + text
        while text.hasSuffix("0") { text.removeLast() }
        return "\(sign)\(integer).\(text)"
    }
}
