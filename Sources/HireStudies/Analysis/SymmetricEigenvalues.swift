/// The eigenvalues of a symmetric matrix, largest first.
///
/// Householder's reduction to three diagonals, then the implicit QL method (Golub and Van Loan, Matrix Computations, 8.3):
/// 4/3 n^3 steps.
enum SymmetricEigenvalues {
    /// - Parameter matrix: `size * size` numbers, row by row.
    static func of(_ matrix: [Double], size: Int) -> [Double] {
        precondition(matrix.count == size * size && size > 0, "The matrix is square.")
        var (diagonal, beside) = tridiagonal(matrix, size)
        ql(&diagonal, &beside)
        return diagonal.sorted(by: >)
    }

    private static func tridiagonal(_ matrix: [Double], _ size: Int) -> ([Double], [Double]) {
        var a = matrix
        var diagonal = [Double](repeating: 0, count: size)
        var beside = [Double](repeating: 0, count: size)
        var v = diagonal
        var p = diagonal
        // The last row of the leading block is reflected onto the place beside its diagonal, then the block shrinks.
        for last in stride(from: size - 1, through: 1, by: -1) {
            var square = 0.0
            for k in 0..<last { square += a[last * size + k] * a[last * size + k] }
            let length = square.squareRoot()
            let edge = a[last * size + last - 1]
            let alpha = edge > 0 ? -length : length
            for k in 0..<last { v[k] = a[last * size + k] }
            v[last - 1] -= alpha
            // |v|^2 / 2
            let half = square - edge * alpha
            diagonal[last] = a[last * size + last]
            beside[last] = alpha
            if half <= 0 || length == 0 {
                beside[last] = edge
                continue
            }
            var overlap = 0.0
            for row in 0..<last {
                var sum = 0.0
                for k in 0..<last { sum += a[row * size + k] * v[k] }
                p[row] = sum / half
                overlap += v[row] * p[row]
            }
            let share = overlap / (2 * half)
            for row in 0..<last { p[row] -= share * v[row] }
            for row in 0..<last {
                let (x, y) = (v[row], p[row])
                for k in 0..<last { a[row * size + k] -= x * p[k] + y * v[k] }
            }
        }
        diagonal[0] = a[0]
        return (diagonal, beside)
    }

    /// - Parameter beside: element i stands beside diagonal elements i - 1 and i.
    private static func ql(_ diagonal: inout [Double], _ beside: inout [Double]) {
        let size = diagonal.count
        var e = Array(beside.dropFirst()) + [0]
        for start in 0..<size {
            // 60 sweeps are far more than any matrix needs; NaN must not loop for ever.
            for _ in 0..<60 {
                var end = start
                while end < size - 1 {
                    let scale = abs(diagonal[end]) + abs(diagonal[end + 1])
                    if abs(e[end]) <= 1e-16 * scale { break }
                    end += 1
                }
                if end == start { break }
                var g = (diagonal[start + 1] - diagonal[start]) / (2 * e[start])
                var r = (g * g + 1).squareRoot()
                g = diagonal[end] - diagonal[start] + e[start] / (g + (g >= 0 ? r : -r))
                var (s, c, shift) = (1.0, 1.0, 0.0)
                var isSplit = false
                for i in stride(from: end - 1, through: start, by: -1) {
                    let (f, b) = (s * e[i], c * e[i])
                    r = (f * f + g * g).squareRoot()
                    e[i + 1] = r
                    if r == 0 {
                        diagonal[i + 1] -= shift
                        e[end] = 0
                        isSplit = true
                        break
                    }
                    s = f / r
                    c = g / r
                    g = diagonal[i + 1] - shift
                    r = (diagonal[i] - g) * s + 2 * c * b
                    shift = s * r
                    diagonal[i + 1] = g + shift
                    g = c * r - b
                }
                if isSplit { continue }
                diagonal[start] -= shift
                e[start] = g
                e[end] = 0
            }
        }
    }
}
