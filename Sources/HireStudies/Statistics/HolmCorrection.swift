/// p-values of several comparisons, made larger so that all of them together err as rarely as one would.
public enum HolmCorrection {
    /// The adjusted p-values, in the order given (Holm 1979; R's `p.adjust(p, "holm")`).
    ///
    /// They bound the chance that any of the differences called real is none, whatever the comparisons have in common.
    public static func adjusted(_ values: [Double]) -> [Double] {
        var result = values
        var largest = 0.0
        let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
        for (rank, index) in order.enumerated() {
            largest = max(largest, min(1, values[index] * Double(values.count - rank)))
            result[index] = largest
        }
        return result
    }
}
