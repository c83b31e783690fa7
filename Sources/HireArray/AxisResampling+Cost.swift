/// What applying two operators to a plane takes, and in which order they take least.
extension AxisResampling {
    /// Products of a weight and a number for one position across: all taps, or none for an operator of ones, which only
    /// moves and adds numbers.
    public var products: Int {
        weights.allSatisfy { $0.allSatisfy { $0 == 1 } } ? 0 : tapCount
    }

    /// All taps of all outputs.
    public var tapCount: Int { weights.reduce(0) { $0 + $1.count } }

    /// Whether a plane is resized along its columns before its rows, because that leaves less to do.
    ///
    /// A tap along columns, where numbers that lie side by side meet different weights, is taken to cost two along rows.
    public static func takesColumnsFirst(rows: AxisResampling, columns: AxisResampling) -> Bool {
        columns.tapCount * rows.inputLength * 2 + rows.tapCount * columns.outputLength
            <= columns.tapCount * rows.outputLength * 2 + rows.tapCount * columns.inputLength
    }

    /// Multiply-adds for one plane [rows, columns] in that order.
    public static func multiplyAdds(rows: AxisResampling, columns: AxisResampling) -> Int {
        takesColumnsFirst(rows: rows, columns: columns)
            ? columns.products * rows.inputLength + rows.products * columns.outputLength
            : rows.products * columns.inputLength + columns.products * rows.outputLength
    }
}
