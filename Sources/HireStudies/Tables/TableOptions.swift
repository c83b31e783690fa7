/// What a table of results shows, and in which order.
public struct TableOptions: Sendable, Equatable {
    /// The column that rows are ordered by; nil keeps the study's order.
    public var sortKey: String?
    /// Whether the largest comes first; nil puts the best first, or the smallest where no end is the good one.
    public var isDescending: Bool?
    /// The group or variant that the others are compared with; nil takes the study's first row.
    public var baseline: String?
    /// One row per item instead of one per group of seeds.
    public var allSeeds = false
    /// Keys of the columns that are shown behind the rows' names; empty shows the usual ones.
    public var columns: [String] = []

    /// The usual table.
    public init() {}

    /// Reads `KEY`, `KEY,asc` or `KEY,desc`.
    ///
    /// - Throws: `TableError` for another direction.
    public mutating func sort(by text: String) throws {
        guard let comma = text.lastIndex(of: ",") else {
            sortKey = text
            isDescending = nil
            return
        }
        switch text[text.index(after: comma)...] {
        case "asc": isDescending = false
        case "desc": isDescending = true
        default:
            throw TableError(
                "The order '\(text)' is not one: expected KEY, KEY,asc or KEY,desc, such as accuracy,desc."
            )
        }
        sortKey = String(text[..<comma])
    }
}
