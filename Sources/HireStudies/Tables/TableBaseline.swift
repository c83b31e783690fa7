import HireFiles

/// The row with which each row of a study's table is compared.
struct TableBaseline {
    /// What was asked for: a row, or a variant.
    let name: String
    /// The same for a caption.
    let words: String
    /// Its row for each row of the table; nil where there is none.
    let rows: [Int?]

    /// Finds the baseline that the options name, or takes the first row.
    ///
    /// A variant that has several rows is compared point by point: each row with the variant's row of the same values on its
    /// axes (and of the same seed, where every item has a row).
    ///
    /// - Parameter table: the name of each row and its first item.
    /// - Returns: nil without rows.
    /// - Throws: `TableError` with the nearest names, or the candidates, for a name that does not lead to rows.
    init?(
        _ options: TableOptions, _ table: [(name: String, item: RunResults.Finished)]
    ) throws {
        guard let first = table.first else { return nil }
        let wanted = options.baseline ?? first.name
        let named = table.indices.filter { table[$0].item.variant == wanted }
        if let row = table.firstIndex(where: { $0.name == wanted })
            ?? (named.count == 1 ? named.first : nil)
        {
            name = table[row].name
            words = name
            rows = table.map { _ in row }
            return
        }
        guard !named.isEmpty else {
            throw TableError(
                NearestNames.sentence(kind: "baseline", name: wanted, among: table.map(\.name)))
        }
        let rows = table.map { _, item -> Int? in
            let beside = named.filter { candidate in
                let other = table[candidate].item
                // An axis that the baseline does not have, such as an option of other plugins, says nothing about it.
                return other.axes.keys.allSatisfy { other.axes[$0] == item.axes[$0] }
                    && (!options.allSeeds || other.seed == item.seed)
            }
            return beside.count == 1 ? beside[0] : nil
        }
        guard table.indices.contains(where: { rows[$0] != nil && rows[$0] != $0 }) else {
            throw TableError(
                "The baseline '\(wanted)' names \(named.count) rows, and no other row has the same values on the axes as "
                    + "one of them; name one: "
                    + named.map { table[$0].name }.joined(separator: ", ") + ".")
        }
        let example = table[named[0]].item
        let keys = example.axes.keys + (options.allSeeds && example.seed != nil ? ["seed"] : [])
        name = wanted
        words = "\(wanted) at the same \(keys.joined(separator: ", "))"
        self.rows = rows
    }
}
