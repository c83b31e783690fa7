import HireFiles
import HireImaging

/// The drawings of a report.
struct RunPlots {
    private let contents: RunContents
    private let results: RunResults

    init(_ contents: RunContents, _ results: RunResults) {
        self.contents = contents
        self.results = results
    }

    /// Bars of accuracy, curves of training, accuracy over costs; those for which there are numbers.
    func drawings() throws -> [(label: String, svg: String)] {
        [try bars(), try curves(), try costs()].compactMap { $0 }
    }

    /// A name without what neither SVG nor HTML can hold, and not endless.
    private static func printable(_ name: String) -> String {
        let scalars = name.unicodeScalars.prefix(60).map { scalar in
            scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) ? "\u{FFFD}" : scalar
        }
        return String(String.UnicodeScalarView(scalars))
    }

    private struct Score {
        var name: String
        var value: Double
        var error: Double
        var cost: Double?
    }

    private func scores() -> [Score] {
        results.groups.compactMap { group in
            let shares = group.items.compactMap { $0.metrics["accuracy"].flatMap(Metric.accuracy) }
            guard let first = shares.first else { return nil }
            let spread = SeedSpread(shares.map(\.value))
            let cost = group.items[0].metrics["cost"]?["multiply_adds"]?.doubleValue
            return Score(
                name: RunPlots.printable(group.name), value: 100 * spread.mean,
                error: 100 * (spread.deviation ?? first.standardError), cost: cost)
        }
    }

    private func bars() throws -> (label: String, svg: String)? {
        let scores = Array(scores().prefix(24))
        if scores.isEmpty { return nil }
        let overSeeds = results.groups.contains { $0.items.count > 1 }
        let plot = BarPlot(
            title: "accuracy (± "
                + (overSeeds ? "standard deviation over seeds)" : "standard error)"),
            yLabel: "accuracy %", categories: scores.map(\.name),
            series: [
                BarPlot.Series("accuracy", scores.map(\.value), errors: scores.map(\.error))
            ])
        return ("accuracy by variant", try plot.svg(width: 960, height: 420))
    }

    private func curves() throws -> (label: String, svg: String)? {
        var series: [LinePlot.Series] = []
        for status in contents.items where status.state == .done && series.count < 12 {
            guard let record = status.record,
                let name = record.files.keys.first(where: { FilePath.name(of: $0) == "history.csv" }
                ),
                let points = try? losses(name), points.count > 1
            else { continue }
            series.append(LinePlot.Series(RunPlots.printable(status.item.label), points))
        }
        if series.isEmpty { return nil }
        var plot = LinePlot(
            title: "training loss", xLabel: "step", yLabel: "loss", series: series)
        plot.hasLogarithmicY = series.allSatisfy { $0.points.allSatisfy { $0.y > 0 } }
        return ("training loss over steps", try plot.svg(width: 960, height: 420))
    }

    /// Mean losses of at most 200 stretches of a training curve.
    private func losses(_ name: String) throws -> [(x: Double, y: Double)] {
        let bytes = try contents.folder.fileSystem.readAll(
            contents.folder.location(name), limit: 64 << 20)
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        guard let header = lines.first?.split(separator: ",").map(String.init),
            let step = header.firstIndex(of: "step"), let loss = header.firstIndex(of: "loss")
        else { return [] }
        let points = lines.dropFirst().compactMap { line -> (x: Double, y: Double)? in
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            guard fields.count == header.count, let x = Double(fields[step]),
                let y = Double(fields[loss]), y.isFinite
            else { return nil }
            return (x, y)
        }
        let width = max(1, (points.count + 199) / 200)
        return stride(from: 0, to: points.count, by: width).map { start in
            let part = points[start..<min(start + width, points.count)]
            return (
                part.map(\.x).reduce(0, +) / Double(part.count),
                part.map(\.y).reduce(0, +) / Double(part.count)
            )
        }
    }

    private func costs() throws -> (label: String, svg: String)? {
        let known = scores().filter { ($0.cost ?? 0) > 0 }
        guard Set(known.compactMap(\.cost)).count > 1 else { return nil }
        let series = known.prefix(16).map { score in
            LinePlot.Series(
                score.name, [((score.cost ?? 0) / 1e9, score.value)], hasMarkers: true)
        }
        let plot = LinePlot(
            title: "accuracy over cost", xLabel: "multiply-adds per picture (billions)",
            yLabel: "accuracy %", series: Array(series))
        return ("accuracy over multiply-adds per picture", try plot.svg(width: 960, height: 420))
    }
}
