import HireFiles

extension ResultTable {
    /// The table of a study: one row per group (a variant at one point of the axes), averaged over seeds.
    ///
    /// Where samples were graded every row is compared with the baseline over the same samples (`PairedComparison`).
    ///
    /// - Throws: `TableError` for unknown names, with the nearest ones; what reading grades throws.
    public init(_ results: RunResults, options: TableOptions = TableOptions()) throws {
        var builder = StudyTableBuilder(results, options)
        self = try builder.build()
    }
}

/// Puts the rows and columns of a study's table together.
private struct StudyTableBuilder {
    typealias Column = ResultTable.Column
    typealias Cell = ResultTable.Cell

    private struct Row {
        var name: String
        var group: String
        var items: [RunResults.Finished]
        var metrics: [[Metric]]
    }

    private let results: RunResults
    private let options: TableOptions
    private let rows: [Row]
    /// Sentences that belong under the table.
    private var notes: [String] = []

    init(_ results: RunResults, _ options: TableOptions) {
        self.results = results
        self.options = options
        let groups =
            options.allSeeds
            ? results.finished.map { (name: $0.label, group: $0.group, items: [$0]) }
            : results.groups.map { (name: $0.name, group: $0.name, items: $0.items) }
        rows = groups.map { group in
            Row(
                name: group.name, group: group.group, items: group.items,
                metrics: group.items.map { Metric.all(of: $0, in: results) })
        }
    }

    mutating func build() throws -> ResultTable {
        var columns: [(column: Column, cells: [Cell], isShown: Bool)] = names().map {
            ($0, $1, true)
        }
        let nameCount = columns.count
        var known: [String: Int] = [:]
        for row in rows {
            for metric in row.metrics.joined() where known[metric.key] == nil {
                known[metric.key] = columns.count
                let column = Column(
                    metric.key, metric.title, isText: isText(metric.key), best: metric.best)
                columns.append((column, rows.map { cell($0, metric) }, metric.isShown))
            }
        }
        columns.insert(
            contentsOf: try comparison(),
            at: min(columns.count, nameCount + (known["accuracy"] == nil ? 0 : 1)))
        var table = ResultTable(caption: caption(), columns: columns.map(\.column))
        for row in rows.indices { table.append(columns.map { $0.cells[row] }) }
        try sort(&table)
        let kept =
            options.columns.isEmpty
            ? columns.indices.filter { columns[$0].isShown }
            : Array(0..<nameCount)
                + (try options.columns.map { try place($0, table) }.filter { $0 >= nameCount })
        table.select(kept)
        return table
    }

    /// What tells rows apart: the variant, the axes, the seed.
    private func names() -> [(Column, [Cell])] {
        var axes: [String] = []
        for key in rows.flatMap({ $0.items.flatMap(\.axes.keys) }) where !axes.contains(key) {
            axes.append(key)
        }
        var columns: [(Column, [Cell])] = []
        // Where every row is a point on axes and nothing else, the axes say it all.
        let hasVariants = rows.contains { $0.items[0].variant != $0.group } || axes.isEmpty
        if hasVariants {
            let texts = rows.map {
                axes.isEmpty && !options.allSeeds ? $0.group : $0.items[0].variant
            }
            let name = results.kind == "ablation" ? "variant" : "item"
            columns.append((Column(name, name, isText: true), texts.map { .text($0) }))
        }
        for axis in axes {
            let cells = rows.map { row in row.items[0].axes[axis].map(axisCell) ?? .missing }
            let isText = cells.contains { if case .text = $0 { true } else { false } }
            columns.append((Column(axis, axis, isText: isText), cells))
        }
        if options.allSeeds, rows.contains(where: { $0.items[0].seed != nil }) {
            let cells = rows.map { row in row.items[0].seed.map { Cell.integer($0) } ?? .missing }
            columns.append((Column("seed", "seed"), cells))
        } else if results.planned.values.contains(where: { $0 > 1 }) {
            columns.append((Column("seeds", "seeds"), rows.map { .integer($0.items.count) }))
        }
        return columns
    }

    private func axisCell(_ value: JSONValue) -> Cell {
        switch value {
        case .string(let text): .text(text)
        case .integer(let value): .integer(Int(value))
        case .number(let value): .spread(SeedSpread([value]))
        case .bool(let flag): .text(flag ? "yes" : "no")
        default: .text((try? JSONWriter(order: .sorted).string(value)) ?? "?")
        }
    }

    private func isText(_ key: String) -> Bool {
        rows.joinedMetrics(\.metrics).contains { metric in
            if metric.key == key, case .text = metric.value { true } else { false }
        }
    }

    private func cell(_ row: Row, _ metric: Metric) -> Cell {
        let own = row.metrics.compactMap { $0.first { $0.key == metric.key } }
        return Metric.cell(own.map(\.value), unit: own.first?.unit ?? metric.unit)
    }

    // MARK: Comparison

    private mutating func comparison() throws -> [(column: Column, cells: [Cell], isShown: Bool)] {
        guard let baseline = try TableBaseline(options, rows.map { ($0.name, $0.items[0]) }),
            rows.count > 1
        else { return [] }
        var grades: [SampleGrades?] = []
        for row in rows { grades.append(try mean(row)) }
        guard grades.contains(where: { $0 != nil }) else {
            if options.baseline != nil {
                notes.append(
                    "Nothing is compared with \(baseline.name): samples were not graded.")
            }
            return []
        }
        guard baseline.rows.contains(where: { $0.flatMap { grades[$0] } != nil }) else {
            notes.append(
                "Nothing is compared with \(baseline.name), whose samples were not graded; choose another --baseline."
            )
            return []
        }
        var pairs: [PairedComparison?] = []
        for (index, row) in rows.enumerated() {
            pairs.append(nil)
            guard baseline.rows[index] != index, let own = grades[index] else { continue }
            guard let base = baseline.rows[index] else {
                notes.append("\(row.name) is not compared: there is no \(baseline.words).")
                continue
            }
            guard let reference = grades[base] else { continue }
            if let obstacle = own.obstacle(against: reference) {
                notes.append("\(row.name) is not compared with \(rows[base].name): \(obstacle).")
            }
            pairs[index] = own.compared(with: reference)
        }
        let known = pairs.compactMap { $0 }
        if known.isEmpty { return [] }
        var columns: [(column: Column, cells: [Cell], isShown: Bool)] = [
            (
                Column("difference", "Δ [95 %]"),
                pairs.map { $0.map { .difference($0) } ?? .missing }, true
            ),
            (Column("p", "p"), pairs.map { $0.map { .probability($0.test.p) } ?? .missing }, true),
        ]
        if known.count > 1 {
            var adjusted = HolmCorrection.adjusted(known.map(\.test.p))[...]
            let cells = pairs.map { pair in
                pair.flatMap { _ in adjusted.popFirst() }.map { Cell.probability($0) } ?? .missing
            }
            columns.append((Column("p_holm", "p (Holm)"), cells, true))
        }
        notes.append(words(of: known, over: baseline.words))
        return columns
    }

    /// What the columns of a comparison mean.
    private func words(of pairs: [PairedComparison], over baseline: String) -> String {
        let isExact = pairs.allSatisfy(\.test.isExact)
        return
            "Δ: percentage points over \(baseline) on the same \(grouped(pairs.map(\.bootstrap.count).max() ?? 0)) "
            + "samples with the 95 % percentile interval of \(grouped(PairedBootstrap.resamples)) paired bootstrap "
            + "resamples; p: two-sided paired sign-flip (randomisation) test, "
            + (isExact
                ? "exact over all signs"
                : "\(grouped(SignFlipTest.draws)) draws of signs where more than \(SignFlipTest.exactCount) samples differ, "
                    + "else exact")
            + (pairs.count > 1
                ? "; p (Holm): for all \(pairs.count) comparisons together." : ".")
    }

    private mutating func mean(_ row: Row) throws -> SampleGrades? {
        var seeds: [SampleGrades] = []
        for item in row.items {
            if let grades = try item.grades() { seeds.append(grades) }
        }
        if seeds.isEmpty { return nil }
        guard seeds.count == row.items.count, let mean = SampleGrades.mean(seeds) else {
            notes.append("\(row.name) is not compared: its seeds answered different samples.")
            return nil
        }
        return mean
    }

    // MARK: Order and words

    private func place(_ key: String, _ table: ResultTable) throws -> Int {
        if let index = table.columns.firstIndex(where: { $0.key == key }) { return index }
        throw TableError(
            NearestNames.sentence(kind: "column", name: key, among: table.columns.map(\.key)))
    }

    private func sort(_ table: inout ResultTable) throws {
        guard let key = options.sortKey else { return }
        let column = try place(key, table)
        let descending = options.isDescending ?? (table.columns[column].best == .highest)
        let cells = table.rows.map { $0[column] }
        table.reorder(
            cells.indices.sorted { left, right in
                switch (cells[left].comparable, cells[right].comparable) {
                case (let a?, let b?) where a != b: descending ? a > b : a < b
                case (.some, nil): true
                case (nil, .some): false
                case (nil, nil) where cells[left].display != cells[right].display:
                    (cells[left].display < cells[right].display) != descending
                default: left < right
                }
            })
    }

    private func caption() -> String {
        var sentences: [String] = []
        let description = results.description
        if results.kind == "ablation", let origin = description["origin"]?.stringValue {
            let questions =
                description["questions"]?.intValue
                ?? results.finished.compactMap {
                    $0.metrics["accuracy"].flatMap(Metric.accuracy)?.count
                }
                .max() ?? 0
            let images =
                description["images"]?.intValue
                ?? results.finished.compactMap { $0.metrics["images"]?.intValue }.max() ?? 0
            sentences.append(
                "\(origin): \(grouped(questions)) held-out questions about \(grouped(images)) pictures; exact match by "
                    + "generation; multiply-adds of one picture with one question; time for all questions about a "
                    + "picture; memory while training.")
        }
        let cells = rows.flatMap { row in (row.metrics.first ?? []).map { cell(row, $0) } }
        let overSeeds = cells.contains {
            switch $0 {
            case .seedShare, .spread: $0.hasSpread
            default: false
            }
        }
        if overSeeds { sentences.append("Mean ± standard deviation over seeds (divisor n - 1).") }
        if cells.contains(where: { if case .share = $0 { true } else { false } }) {
            sentences.append(
                (overSeeds ? "With one seed: " : "")
                    + "± standard error of a share, sqrt(p (1 - p) / n).")
        }
        let planned = results.planned.values.reduce(0, +)
        if results.finished.count < planned {
            sentences.append(
                "\(planned - results.finished.count) of \(planned) items are not finished and are left out."
            )
        }
        return (sentences + notes).joined(separator: " ")
    }
}

extension Array {
    fileprivate func joinedMetrics(_ path: KeyPath<Element, [[Metric]]>) -> [Metric] {
        flatMap { $0[keyPath: path].flatMap { $0 } }
    }
}
