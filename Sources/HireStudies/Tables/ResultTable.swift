import HireFiles

/// A table of results that can be printed, put into a paper, or read by another program.
public struct ResultTable: Sendable, Equatable {
    /// A column.
    public struct Column: Sendable, Equatable {
        /// Its name in CSV and JSON, lower_snake.
        public var key: String
        /// Its heading.
        public var title: String
        /// Whether cells stand at the left.
        public var isText: Bool
        /// Which of its numbers is best, and printed bold where there is bold; nil where none is.
        public var best: Best?

        /// Which end of the numbers is the good one.
        public enum Best: Sendable, Equatable {
            case highest
            case lowest
        }

        /// A column.
        public init(_ key: String, _ title: String, isText: Bool = false, best: Best? = nil) {
            self.key = key
            self.title = title
            self.isText = isText
            self.best = best
        }
    }

    /// A cell: a value, which decides how it is written.
    public enum Cell: Sendable, Equatable {
        case text(String)
        case integer(Int)
        /// A number with a count of decimals.
        case number(Double, decimals: Int)
        /// A share, written in percent with its standard error.
        case share(Accuracy)
        /// A count, written with an SI prefix.
        case count(Int)
        case bytes(Int)
        case seconds(Double)
        /// A share measured with several seeds, written in percent with the standard deviation over them.
        case seedShare(SeedSpread)
        /// A number measured with several seeds, written with the standard deviation over them.
        case spread(SeedSpread)
        /// The difference from a baseline in percentage points, with its 95 % interval.
        case difference(PairedComparison)
        /// A p-value.
        case probability(Double)
        case missing
    }

    /// What stands above it in LaTeX and below it in text.
    public var caption: String
    /// The columns.
    public var columns: [Column]
    /// The rows; each has one cell per column.
    public private(set) var rows: [[Cell]] = []

    /// A table without rows.
    public init(caption: String = "", columns: [Column]) {
        self.caption = caption
        self.columns = columns
    }

    /// Appends a row.
    public mutating func append(_ row: [Cell]) {
        precondition(row.count == columns.count, "A row has one cell per column.")
        rows.append(row)
    }

    /// Puts the rows into another order.
    mutating func reorder(_ order: [Int]) {
        precondition(order.count == rows.count, "An order names every row.")
        rows = order.map { rows[$0] }
    }

    /// Keeps some columns, in the order given.
    mutating func select(_ kept: [Int]) {
        columns = kept.map { columns[$0] }
        rows = rows.map { row in kept.map { row[$0] } }
    }

    /// The rows whose cell is the best of a column; empty where no end is the good one or all are alike.
    func bestRows(_ column: Int) -> Set<Int> {
        guard let best = columns[column].best else { return [] }
        let values = rows.map { $0[column].comparable }
        let known = values.compactMap { $0 }
        guard known.count > 1, let low = known.min(), let high = known.max(), low < high else {
            return []
        }
        let wanted = best == .highest ? high : low
        return Set(values.indices.filter { values[$0] == wanted })
    }
}
