import HireArray

/// The directions in which rows of features vary most, found from their covariance in double precision.
///
/// Subspace iteration with Rayleigh-Ritz and a deterministic start. Each direction's sign is chosen so that its entry of
/// largest magnitude is positive, so that pictures of two runs can be compared.
public struct PrincipalComponents: Sendable, Equatable {
    /// The mean row.
    public let mean: [Double]
    /// Unit directions, the one of largest variance first.
    public let directions: [[Double]]
    /// Variance along each.
    public let variances: [Double]
    /// The variance of the rows along all directions together.
    public let totalVariance: Double

    /// The leading components of rows of equal length.
    ///
    /// - Parameters:
    ///   - rows: `count * width` numbers, row by row; at least one row.
    ///   - count: how many components are wanted; no more than `width` come.
    public init(rows: [Float], width: Int, count: Int) {
        precondition(
            width > 0 && !rows.isEmpty && rows.count % width == 0, "Rows have equal length.")
        let number = rows.count / width
        var mean = [Double](repeating: 0, count: width)
        for row in 0..<number {
            for column in 0..<width { mean[column] += Double(rows[row * width + column]) }
        }
        for column in 0..<width { mean[column] /= Double(number) }
        let covariance = PrincipalComponents.covariance(rows, mean, number)

        let count = min(width, count)
        let block = min(width, count + 8)
        var basis = PrincipalComponents.start(width, block)
        var values = [Double](repeating: 0, count: block)
        for _ in 0..<300 {
            let image = basis.map { PrincipalComponents.product(covariance, $0) }
            // Rayleigh-Ritz: the small problem inside the subspace is solved whole.
            let small = basis.map { left in image.map { PrincipalComponents.dot(left, $0) } }
            let (found, rotation) = symmetricEigen(small)
            let before = values
            values = found
            let turned = rotation.map { weights in PrincipalComponents.combination(weights, image) }
            basis = PrincipalComponents.orthonormal(turned)
            let scale = max(values.first ?? 0, .leastNormalMagnitude)
            if zip(values, before).prefix(count).allSatisfy({ abs($0 - $1) <= 1e-13 * scale }) {
                break
            }
        }
        self.mean = mean
        totalVariance = covariance.indices.reduce(0) { $0 + covariance[$1][$1] }
        directions = basis.prefix(count).map { direction in
            let strongest = direction.max { abs($0) < abs($1) } ?? 1
            return strongest < 0 ? direction.map { -$0 } : direction
        }
        variances = Array(values.prefix(count))
    }

    /// The coordinates of one row along the directions.
    public func coordinates(_ row: some Collection<Float>) -> [Double] {
        directions.map { direction in
            var sum = 0.0
            for ((value, mean), weight) in zip(zip(row, mean), direction) {
                sum += (Double(value) - mean) * weight
            }
            return sum
        }
    }

    private static func covariance(_ rows: [Float], _ mean: [Double], _ number: Int) -> [[Double]] {
        let width = mean.count
        var sums = [Double](repeating: 0, count: width * width)
        var centred = mean
        for row in 0..<number {
            for column in 0..<width {
                centred[column] = Double(rows[row * width + column]) - mean[column]
            }
            for i in 0..<width {
                let value = centred[i]
                for j in i..<width { sums[i * width + j] += value * centred[j] }
            }
        }
        return (0..<width).map { i in
            (0..<width).map { j in sums[min(i, j) * width + max(i, j)] / Double(max(number - 1, 1))
            }
        }
    }

    private static func start(_ width: Int, _ block: Int) -> [[Double]] {
        let source = RandomSource(seed: 0).named("principal components")
        return orthonormal(
            (0..<block).map { index in
                source.indexed(index).uniforms(width).map { Double($0) - 0.5 }
            })
    }

    private static func product(_ matrix: [[Double]], _ vector: [Double]) -> [Double] {
        matrix.map { dot($0, vector) }
    }

    private static func dot(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for index in a.indices { sum += a[index] * b[index] }
        return sum
    }

    private static func combination(_ weights: [Double], _ vectors: [[Double]]) -> [Double] {
        var result = [Double](repeating: 0, count: vectors[0].count)
        for (weight, vector) in zip(weights, vectors) {
            for index in result.indices { result[index] += weight * vector[index] }
        }
        return result
    }

    /// Gram-Schmidt, twice for accuracy; a vector that vanishes becomes the first axis that is still free.
    private static func orthonormal(_ vectors: [[Double]]) -> [[Double]] {
        var result: [[Double]] = []
        for vector in vectors {
            var candidate = vector
            var axis = 0
            while true {
                let size = dot(candidate, candidate).squareRoot()
                for _ in 0..<2 {
                    for other in result {
                        let share = dot(candidate, other)
                        for index in candidate.indices { candidate[index] -= share * other[index] }
                    }
                }
                let length = dot(candidate, candidate).squareRoot()
                if length > 1e-12 * size, length > .leastNormalMagnitude {
                    result.append(candidate.map { $0 / length })
                    break
                }
                candidate = (0..<vector.count).map { $0 == axis ? 1 : 0 }
                axis += 1
            }
        }
        return result
    }
}

/// Eigenvalues, largest first, and their unit vectors, of a small symmetric matrix (cyclic Jacobi rotations).
func symmetricEigen(_ matrix: [[Double]]) -> (values: [Double], vectors: [[Double]]) {
    let size = matrix.count
    var a = matrix
    var v = (0..<size).map { row in (0..<size).map { $0 == row ? 1.0 : 0.0 } }
    for _ in 0..<60 {
        var rest = 0.0
        for p in 0..<size { for q in (p + 1)..<max(size, p + 1) { rest += a[p][q] * a[p][q] } }
        if rest == 0 || rest < 1e-30 * (0..<size).reduce(0, { $0 + a[$1][$1] * a[$1][$1] }) {
            break
        }
        for p in 0..<size {
            for q in (p + 1)..<max(size, p + 1) where a[p][q] != 0 {
                let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
                let t = (theta >= 0 ? 1.0 : -1.0) / (abs(theta) + (theta * theta + 1).squareRoot())
                let c = 1 / (t * t + 1).squareRoot()
                let s = t * c
                for k in 0..<size {
                    (a[k][p], a[k][q]) = (c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q])
                }
                for k in 0..<size {
                    (a[p][k], a[q][k]) = (c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k])
                    (v[p][k], v[q][k]) = (c * v[p][k] - s * v[q][k], s * v[p][k] + c * v[q][k])
                }
            }
        }
    }
    let order = (0..<size).sorted { (a[$1][$1], $0) < (a[$0][$0], $1) }
    return (order.map { a[$0][$0] }, order.map { v[$0] })
}
