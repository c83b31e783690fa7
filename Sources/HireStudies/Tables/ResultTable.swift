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

        /// A column.
        public init(_ key: String, _ title: String, isText: Bool = false) {
            self.key = key
            self.title = title
            self.isText = isText
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
}

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
        case .missing: "–"
        }
    }

    /// The cell for programs.
    var json: JSONValue {
        switch self {
        case .text(let text): .string(text)
        case .integer(let value), .count(let value), .bytes(let value): .integer(Int64(value))
        case .number(let value, _), .seconds(let value): .number(value)
        case .share(let share):
            [
                "value": .number(share.value), "standard_error": .number(share.standardError),
                "count": .integer(Int64(share.count)),
            ]
        case .missing: .null
        }
    }
}
