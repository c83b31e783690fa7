import HireFiles

extension ResultTable {
    /// The table of a study: one row per group (a variant at one point of the axes), averaged over seeds.
    ///
    /// Where samples were graded every row is compared with the baseline over the same samples, by paired bootstrap.
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
        let base = try baseline()
        guard let base, rows.count > 1 else { return [] }
        var grades: [SampleGrades?] = []
        for row in rows { grades.append(try mean(row)) }
        guard grades.contains(where: { $0 != nil }) else {
            if options.baseline != nil {
                notes.append(
                    "Nothing is compared with \(rows[base].name): samples were not graded.")
            }
            return []
        }
        guard let reference = grades[base] else {
            notes.append(
                "Nothing is compared with \(rows[base].name), whose samples were not graded; choose another --baseline."
            )
            return []
        }
        var tests: [PairedBootstrap?] = []
        for (index, row) in rows.enumerated() {
            guard index != base, let own = grades[index] else {
                tests.append(nil)
                continue
            }
            if let obstacle = own.obstacle(against: reference) {
                notes.append("\(row.name) is not compared with \(rows[base].name): \(obstacle).")
            }
            tests.append(own.compared(with: reference))
        }
        let known = tests.indices.filter { tests[$0] != nil }
        if known.isEmpty { return [] }
        var columns: [(column: Column, cells: [Cell], isShown: Bool)] = [
            (
                Column("difference", "Δ [95 %]"),
                tests.map { $0.map { .difference($0) } ?? .missing }, true
            ),
            (Column("p", "p"), tests.map { $0.map { .probability($0.p) } ?? .missing }, true),
        ]
        if known.count > 1 {
            let adjusted = HolmCorrection.adjusted(known.compactMap { tests[$0]?.p })
            var cells = [Cell](repeating: .missing, count: rows.count)
            for (place, index) in known.enumerated() {
                cells[index] = .probability(adjusted[place])
            }
            columns.append((Column("p_holm", "p (Holm)"), cells, true))
        }
        let count = tests.compactMap { $0?.count }.max() ?? 0
        notes.append(
            "Δ: percentage points over \(rows[base].name) on the same \(grouped(count)) samples with a 95 % interval; "
                + "p: two-sided paired bootstrap, \(grouped(PairedBootstrap.resamples)) resamples"
                + (known.count > 1
                    ? "; p (Holm): for all \(known.count) comparisons together." : "."))
        return columns
    }

    private func baseline() throws -> Int? {
        guard let wanted = options.baseline else { return rows.isEmpty ? nil : 0 }
        if let exact = rows.firstIndex(where: { $0.name == wanted }) { return exact }
        let variants = rows.indices.filter { rows[$0].items[0].variant == wanted }
        if variants.count == 1 { return variants[0] }
        if variants.count > 1 {
            throw TableError(
                "The baseline '\(wanted)' names \(variants.count) rows; name one of them: "
                    + variants.map { rows[$0].name }.joined(separator: ", ") + ".")
        }
        throw TableError(
            NearestNames.sentence(kind: "baseline", name: wanted, among: rows.map(\.name)))
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
