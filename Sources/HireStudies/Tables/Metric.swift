import Foundation
import HireFiles

/// A figure of an item that a table can have a column for.
struct Metric {
    /// What the figure is.
    enum Value: Equatable {
        case share(Accuracy)
        case number(Double)
        case text(String)
    }

    /// How the figure is written.
    enum Unit {
        case plain, integer, count, bytes, seconds
    }

    var key: String
    var title: String
    var value: Value
    var unit: Unit
    var best: ResultTable.Column.Best?
    /// Whether tables show it unless columns are chosen.
    var isShown: Bool

    /// The figures of an item, in the order of columns.
    static func all(of item: RunResults.Finished, in results: RunResults) -> [Metric] {
        var found =
            results.kind == "ablation"
            ? ablation(item.metrics, results.description) : flat(item.metrics, isShown: true)
        for metric in measured(item) where !found.contains(where: { $0.key == metric.key }) {
            found.append(metric)
        }
        return found
    }

    /// An ablation's figures: shares by type first, then costs; what is rarely read is not shown.
    private static func ablation(_ metrics: JSONObject, _ description: JSONObject) -> [Metric] {
        var found: [Metric] = []
        func share(_ key: String, _ title: String, _ value: JSONValue?) {
            guard let accuracy = value.flatMap(accuracy), accuracy.count > 0 else { return }
            found.append(
                Metric(
                    key: key, title: "\(title) %", value: .share(accuracy), unit: .plain,
                    best: .highest, isShown: true))
        }
        share("accuracy", "accuracy", metrics["accuracy"])
        let types = description["question_types"]?.arrayValue?.compactMap(\.stringValue) ?? []
        let byType = metrics["by_type"]
        for (index, type) in types.enumerated() {
            let list = byType?.arrayValue
            let value = list.map { $0.indices.contains(index) ? $0[index] : .null } ?? byType?[type]
            share(name(type), type, value)
        }
        for (key, title, field, unit) in [
            ("parameters", "parameters", "parameters", Unit.integer),
            ("macs_per_image", "MACs/image", "multiply_adds", .count),
        ] {
            guard let value = metrics["cost"]?[field]?.doubleValue else { continue }
            found.append(
                Metric(
                    key: key, title: title, value: .number(value), unit: unit, best: .lowest,
                    isShown: true))
        }
        let taken: Set = ["accuracy", "by_type", "cost", "variant", "shards"]
        let rest = JSONObject(
            metrics.members.filter { !taken.contains($0.key) }.map { ($0.key, $0.value) })
        return found + flat(rest, isShown: false)
    }

    /// Machine-dependent figures: an ablation shows time and memory, the other kinds show none.
    private static func measured(_ item: RunResults.Finished) -> [Metric] {
        let titles = ["seconds_per_image": "time/image", "training_peak_bytes": "peak memory"]
        var fields = item.measured
        for key in titles.keys.sorted() where fields[key] == nil {
            fields[key] = item.metrics[key]
        }
        return flat(fields, isShown: false).map { metric in
            guard let title = titles[metric.key] else { return metric }
            var metric = metric
            metric.title = title
            metric.isShown = true
            return metric
        }
    }

    /// Every figure under its own name; what is inside tables under dotted names.
    static func flat(_ object: JSONObject, prefix: String = "", isShown: Bool) -> [Metric] {
        object.members.flatMap { key, value -> [Metric] in
            let name = prefix + key
            if let accuracy = accuracy(value) {
                return [
                    Metric(
                        key: name, title: "\(name) %", value: .share(accuracy), unit: .plain,
                        best: .highest, isShown: isShown)
                ]
            }
            let content: Value
            switch value {
            case .object(let inner): return flat(inner, prefix: name + ".", isShown: isShown)
            case .integer(let value): content = .number(Double(value))
            case .number(let value): content = .number(value)
            case .bool(let flag): content = .text(flag ? "yes" : "no")
            case .string(let text): content = .text(text)
            case .null, .array: return []
            }
            return [
                Metric(
                    key: name, title: name, value: content, unit: unit(of: name, value),
                    best: best(of: name), isShown: isShown)
            ]
        }
    }

    /// A share of right answers with its count, in either of the forms that journals hold.
    static func accuracy(_ value: JSONValue) -> Accuracy? {
        guard let count = value["count"]?.intValue, count >= 0 else { return nil }
        if let correct = value["correct"]?.doubleValue {
            return Accuracy(correct: correct, count: count)
        }
        return value["value"]?.doubleValue.map {
            Accuracy(correct: $0 * Double(count), count: count)
        }
    }

    private static func unit(of name: String, _ value: JSONValue) -> Unit {
        let words = words(name)
        if words.contains("bytes") { return .bytes }
        if words.contains("seconds") { return .seconds }
        if words.contains("macs") || words.contains("flops") { return .count }
        if case .integer = value { return .integer }
        return .plain
    }

    /// Which end of a figure is the good one, where its name says so.
    private static func best(of name: String) -> ResultTable.Column.Best? {
        let words = words(name)
        let low = [
            "loss", "error", "perplexity", "seconds", "bytes", "macs", "flops", "mse", "mae",
            "rmse",
        ]
        let high = ["accuracy", "score", "f1", "precision", "recall", "psnr", "ssim", "iou", "auc"]
        if words.contains(where: low.contains) { return .lowest }
        return words.contains(where: high.contains) ? .highest : nil
    }

    private static func words(_ name: String) -> [String] {
        name.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }

    /// A heading as a name for programs.
    static func name(_ title: String) -> String {
        String(title.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "_" })
    }
}

extension Metric {
    /// The cell for one item, or for several that differ in their seeds.
    static func cell(_ values: [Value], unit: Unit) -> ResultTable.Cell {
        let shares = values.compactMap { if case .share(let share) = $0 { share } else { nil } }
        if !shares.isEmpty {
            return shares.count == 1
                ? .share(shares[0]) : .seedShare(SeedSpread(shares.map(\.value)))
        }
        let numbers = values.compactMap { if case .number(let number) = $0 { number } else { nil } }
        guard !numbers.isEmpty else {
            let texts = values.compactMap { if case .text(let text) = $0 { text } else { nil } }
            guard let first = texts.first else { return .missing }
            return .text(texts.allSatisfy { $0 == first } ? first : "(differs)")
        }
        let spread = SeedSpread(numbers)
        let isWhole = spread.mean == spread.mean.rounded() && abs(spread.mean) < 1e15
        switch unit {
        case .bytes: return .bytes(Int(clamping: spread.mean))
        case .seconds: return .seconds(spread.mean)
        case .count: return .count(Int(clamping: spread.mean))
        case .integer where isWhole && numbers.allSatisfy({ $0 == numbers[0] }):
            return .integer(Int(spread.mean))
        case .integer, .plain: return .spread(spread)
        }
    }
}

extension Int {
    /// The nearest whole number that there is.
    fileprivate init(clamping value: Double) {
        self = value.isNaN ? 0 : Int(exactly: value.rounded()) ?? (value < 0 ? .min : .max)
    }
}
