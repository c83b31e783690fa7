import Foundation

/// A number with a fixed count of decimals, as tables and messages print it.
func fixed(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
}

/// A whole number with commas between thousands.
public func grouped(_ value: Int) -> String {
    var text = ""
    for (index, digit) in String(value.magnitude).reversed().enumerated() {
        if index > 0, index % 3 == 0 { text.append(",") }
        text.append(digit)
    }
    return (value < 0 ? "-" : "") + String(text.reversed())
}

/// A number with three figures and an SI prefix: 12.3 M.
func scaled(_ value: Double) -> String {
    let prefixes = ["", " k", " M", " G", " T", " P"]
    var rest = value
    var index = 0
    while abs(rest) >= 999.5, index < prefixes.count - 1 {
        rest /= 1000
        index += 1
    }
    let digits = index == 0 ? 0 : abs(rest) >= 99.95 ? 0 : abs(rest) >= 9.995 ? 1 : 2
    return fixed(rest, digits) + prefixes[index]
}

/// Bytes in binary units: 12.3 MiB.
public func bytes(_ value: Int) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"]
    var rest = Double(value)
    var index = 0
    while rest >= 1023.5, index < units.count - 1 {
        rest /= 1024
        index += 1
    }
    return fixed(rest, index == 0 || rest >= 99.95 ? 0 : 1) + " " + units[index]
}

/// A duration with three figures in s, ms or µs.
func duration(_ seconds: Double) -> String {
    let (value, unit) =
        seconds >= 1 || seconds == 0
        ? (seconds, "s")
        : seconds >= 1e-3 ? (seconds * 1e3, "ms") : (seconds * 1e6, "µs")
    return fixed(value, value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2) + " " + unit
}

/// A number with four figures, as short as it can be: 0.001234, 12.5, 1.2e-09; whole numbers up to a million in full.
func figures(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e6 ? fixed(value, 0) : String(format: "%.4g", value)
}
