import Foundation
import HireFiles

extension ResultTable.Cell {
    /// The cell for people.
    var display: String {
        switch self {
        case .text(let text): text
        case .integer(let value): grouped(value)
        case .number(let value, let decimals): fixed(value, decimals)
        case .share(let share):
            "\(fixed(100 * share.value, 1)) ± \(fixed(100 * share.standardError, 1))"
        case .count(let value): scaled(Double(value))
        case .bytes(let value): HireStudies.bytes(value)
        case .seconds(let value): duration(value)
        case .seedShare(let spread):
            fixed(100 * spread.mean, 1)
                + (spread.deviation.map { " ± \(fixed(100 * $0, 1))" } ?? "")
        case .spread(let spread): ResultTable.Cell.written(spread)
        case .difference(let pair):
            signed(100 * pair.bootstrap.difference)
                + (pair.bootstrap.interval.map {
                    " [\(signed(100 * $0.lowerBound)), \(signed(100 * $0.upperBound))]"
                } ?? " [–]")
        case .probability(let p): p < 0.001 ? "<0.001" : fixed(p, 3)
        case .missing: "–"
        }
    }

    /// The cell for programs.
    var json: JSONValue {
        switch self {
        case .text(let text): .string(text)
        case .integer(let value), .count(let value), .bytes(let value): .integer(Int64(value))
        case .number(let value, _), .seconds(let value), .probability(let value): .number(value)
        case .share(let share):
            [
                "value": .number(share.value), "standard_error": .number(share.standardError),
                "count": .integer(Int64(share.count)),
            ]
        case .seedShare(let spread), .spread(let spread):
            [
                "value": .number(spread.mean),
                "standard_deviation": spread.deviation.map { .number($0) } ?? .null,
                "standard_error": spread.standardError.map { .number($0) } ?? .null,
                "seeds": .integer(Int64(spread.count)),
            ]
        case .difference(let pair):
            [
                "value": .number(pair.bootstrap.difference),
                "low": pair.bootstrap.interval.map { .number($0.lowerBound) } ?? .null,
                "high": pair.bootstrap.interval.map { .number($0.upperBound) } ?? .null,
                "samples": .integer(Int64(pair.bootstrap.count)),
                "p_sign_flip": .number(pair.test.p), "exact": .bool(pair.test.isExact),
                "p_bootstrap": pair.bootstrap.p.map { .number($0) } ?? .null,
            ]
        case .missing: .null
        }
    }

    /// The endings of the columns that CSV gives a cell, behind the column's key, in the order of a file.
    static let fieldEndings = ["", "_se", "_sd", "_seeds", "_low", "_high"]

    /// The cell's fields in CSV, by ending.
    var fields: [String: String] {
        switch self {
        case .text(let text): ["": text]
        case .integer(let value), .count(let value), .bytes(let value): ["": "\(value)"]
        case .number(let value, _), .seconds(let value), .probability(let value): ["": "\(value)"]
        case .share(let share): ["": "\(share.value)", "_se": "\(share.standardError)"]
        case .seedShare(let spread), .spread(let spread):
            [
                "": "\(spread.mean)", "_sd": spread.deviation.map { "\($0)" } ?? "",
                "_seeds": "\(spread.count)",
            ]
        case .difference(let pair):
            [
                "": "\(pair.bootstrap.difference)",
                "_low": pair.bootstrap.interval.map { "\($0.lowerBound)" } ?? "",
                "_high": pair.bootstrap.interval.map { "\($0.upperBound)" } ?? "",
            ]
        case .missing: [:]
        }
    }

    /// What rows are ordered and compared by; nil for texts and what is missing.
    var comparable: Double? {
        switch self {
        case .text, .missing: nil
        case .integer(let value), .count(let value), .bytes(let value): Double(value)
        case .number(let value, _), .seconds(let value), .probability(let value): value
        case .share(let share): share.value
        case .seedShare(let spread), .spread(let spread): spread.mean
        case .difference(let pair): pair.bootstrap.difference
        }
    }

    /// Whether the cell is written with a ±, which LaTeX sets in mathematics.
    var hasSpread: Bool {
        switch self {
        case .share: true
        case .seedShare(let spread), .spread(let spread): spread.deviation != nil
        default: false
        }
    }

    /// A mean with as many decimals as two figures of the deviation have; four figures where there is none.
    private static func written(_ spread: SeedSpread) -> String {
        guard let deviation = spread.deviation else { return figures(spread.mean) }
        guard deviation > 0, abs(spread.mean) < 1e7, deviation > 1e-7 else {
            return "\(figures(spread.mean)) ± \(figures(deviation))"
        }
        let decimals = min(max(0, 1 - Int(log10(deviation).rounded(.down))), 9)
        return "\(fixed(spread.mean, decimals)) ± \(fixed(deviation, decimals))"
    }

    private func signed(_ value: Double) -> String {
        let text = fixed(value, 1)
        return value >= 0.05 ? "+" + text : text
    }
}
