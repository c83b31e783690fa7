import HireArray
import HireTensor

/// The features of all positions and pictures of maps as rows of double precision.
struct FeatureMatrix {
    let rows, columns: Int
    var values: [Double]

    /// A map [N, C, H, W] as N * H * W rows of C numbers.
    init(_ map: Tensor, _ what: String) throws {
        guard map.rank == 4, map.count > 0 else {
            throw ArrayError.shape(
                operation: what, expected: "[N, C, H, W]", got: "\(map.shape)")
        }
        rows = map.shape[0] * map.shape[2] * map.shape[3]
        columns = map.shape[1]
        values = try map.array.permuted([0, 2, 3, 1]).floats().map(Double.init)
    }

    /// Less the mean row.
    mutating func centre() {
        for column in 0..<columns {
            var sum = 0.0
            for row in 0..<rows { sum += values[row * columns + column] }
            for row in 0..<rows { values[row * columns + column] -= sum / Double(rows) }
        }
    }

    /// The length of every row.
    var norms: [Double] {
        (0..<rows).map { row in
            values[row * columns..<(row + 1) * columns].reduce(0) { $0 + $1 * $1 }.squareRoot()
        }
    }

    /// X Xᵀ or XᵀX, whichever is smaller: they have the same eigenvalues but zeros.
    var gram: (values: [Double], size: Int) { rows <= columns ? outer : inner }

    /// X Xᵀ: products of rows.
    var outer: (values: [Double], size: Int) {
        (FeatureMatrix.products(values, values, rows, rows, columns), rows)
    }

    /// XᵀX: products of columns.
    var inner: (values: [Double], size: Int) {
        let turned = transposed
        return (FeatureMatrix.products(turned, turned, columns, columns, rows), columns)
    }

    /// The sum of squares of XᵀY.
    func crossEnergy(_ other: FeatureMatrix) -> Double {
        FeatureMatrix.products(transposed, other.transposed, columns, other.columns, rows)
            .reduce(0) { $0 + $1 * $1 }
    }

    private var transposed: [Double] {
        var turned = [Double](repeating: 0, count: values.count)
        for row in 0..<rows {
            for column in 0..<columns {
                turned[column * rows + row] = values[row * columns + column]
            }
        }
        return turned
    }

    /// a bᵀ of two matrices whose rows have `length` numbers.
    private static func products(
        _ a: [Double], _ b: [Double], _ m: Int, _ n: Int, _ length: Int
    ) -> [Double] {
        var result = [Double](repeating: 0, count: m * n)
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                for i in 0..<m {
                    for j in 0..<n {
                        // Eight sums, which the compiler turns into vectors.
                        var sums = SIMD8<Double>.zero
                        var index = 0
                        let (p, q) = (i &* length, j &* length)
                        while index &+ 8 <= length {
                            var x = SIMD8<Double>.zero
                            var y = SIMD8<Double>.zero
                            for lane in 0..<8 {
                                x[lane] = a[p &+ index &+ lane]
                                y[lane] = b[q &+ index &+ lane]
                            }
                            sums += x * y
                            index &+= 8
                        }
                        var sum = sums.sum()
                        while index < length {
                            sum += a[p &+ index] * b[q &+ index]
                            index &+= 1
                        }
                        result[i * n + j] = sum
                    }
                }
            }
        }
        return result
    }
}
