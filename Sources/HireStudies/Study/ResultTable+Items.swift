import HireFiles

extension ResultTable {
    /// The table of a study whose items return named values: one row per finished item, one column per metric.
    public init(_ items: [ItemStatus]) {
        let finished = items.filter { $0.state == .done }
        var names: [String] = []
        for name in finished.flatMap({ $0.result?.metrics.keys ?? [] }) where !names.contains(name)
        {
            names.append(name)
        }
        names.sort()
        let values = finished.map { status in names.map { status.result?.metrics[$0] } }
        let isText = names.indices.map { column in
            values.contains { $0[column]?.stringValue != nil || $0[column]?.boolValue != nil }
        }
        self.init(
            columns: [Column("item", "item", isText: true)]
                + names.enumerated().map { Column($1, $1, isText: isText[$0]) })
        for (status, row) in zip(finished, values) {
            append(
                [.text(status.item.label)]
                    + row.map { value in
                        switch value {
                        case .integer(let number)?: .integer(Int(number))
                        case .number(let number)?: .number(number, decimals: 4)
                        case .bool, .string: .text(value?.axisText ?? "")
                        default: .missing
                        }
                    })
        }
    }
}
