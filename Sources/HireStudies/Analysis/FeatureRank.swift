import Foundation
import HireArray
import HireTensor

/// How many directions the features of a map use; rows are positions of all pictures, columns channels.
public struct FeatureRank: Sendable {
    /// exp of the entropy of the singular values divided by their sum (Roy and Vetterli, The effective rank, EUSIPCO
    /// 2007): 1 for one direction, the rank for equal ones; 0 for a map of zeros.
    public let effective: Double
    /// How many singular values are above the largest times max(rows, columns) times float32's epsilon, as
    /// `numpy.linalg.matrix_rank` counts those of a float32 matrix.
    public let numeric: Int
    /// The singular values, largest first.
    public let singularValues: [Double]

    /// The rank of a map [N, C, H, W].
    ///
    /// - Parameter centred: subtracts the mean features first, as principal components do.
    public init(_ map: Tensor, centred: Bool = false) throws {
        var matrix = try FeatureMatrix(map, "rank")
        if centred { matrix.centre() }
        let (gram, size) = matrix.gram
        let values = SymmetricEigenvalues.of(gram, size: size).map { max($0, 0).squareRoot() }
        singularValues = values
        let largest = values.first ?? 0
        let limit = largest * Double(max(matrix.rows, matrix.columns)) * 0x1p-23
        numeric = values.count { $0 > limit }
        let sum = values.reduce(0, +)
        let entropy = values.reduce(0.0) { total, value in
            let share = value / sum
            return share > 0 ? total - share * log(share) : total
        }
        effective = sum > 0 ? exp(entropy) : sum.isNaN ? .nan : 0
    }
}
