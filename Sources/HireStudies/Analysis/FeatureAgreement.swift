import HireArray
import HireTensor

/// How two maps of the same positions agree.
public enum FeatureAgreement {
    /// The cosine of the two maps' features at every position; 0 where one is all zero.
    ///
    /// - Throws: `ArrayError.shape` unless both are [N, C, H, W] of one shape.
    public static func cosines(_ first: Tensor, _ second: Tensor) throws -> [Double] {
        guard first.shape == second.shape else {
            throw ArrayError.shape(
                operation: "cosine", expected: "two maps of one shape (\(first.shape))",
                got: "\(second.shape)")
        }
        let (a, b) = (try FeatureMatrix(first, "cosine"), try FeatureMatrix(second, "cosine"))
        let lengths = zip(a.norms, b.norms).map { $0 * $1 }
        return (0..<a.rows).map { row in
            let range = row * a.columns..<(row + 1) * a.columns
            let product = zip(a.values[range], b.values[range]).reduce(0) { $0 + $1.0 * $1.1 }
            return lengths[row] > 0 ? product / lengths[row] : lengths[row].isNaN ? .nan : 0
        }
    }

    /// Linear centred kernel alignment: |YᵀX|² / (|XᵀX| |YᵀY|) of centred features.
    ///
    /// 1 for maps that are equal up to rotation and scale of feature space; channels may differ in number (Kornblith and
    /// others 2019).
    ///
    /// - Throws: `ArrayError.shape` unless both are [N, C, H, W] with the same N, H and W.
    public static func linearCKA(_ first: Tensor, _ second: Tensor) throws -> Double {
        var (a, b) = (try FeatureMatrix(first, "CKA"), try FeatureMatrix(second, "CKA"))
        guard first.shape[0] == second.shape[0], first.shape[2...] == second.shape[2...] else {
            throw ArrayError.shape(
                operation: "CKA", expected: "maps with the same pictures and grid",
                got: "\(first.shape) and \(second.shape)")
        }
        a.centre()
        b.centre()
        let cross: Double
        let (own, others): ([Double], [Double])
        if a.rows <= max(a.columns, b.columns) {
            // |YᵀX|² is the product of the rows' Gram matrices, which are smaller here.
            own = a.outer.values
            others = b.outer.values
            cross = zip(own, others).reduce(0) { $0 + $1.0 * $1.1 }
        } else {
            own = a.inner.values
            others = b.inner.values
            cross = a.crossEnergy(b)
        }
        func size(_ values: [Double]) -> Double {
            values.reduce(0) { $0 + $1 * $1 }.squareRoot()
        }
        let scale = size(own) * size(others)
        return scale > 0 ? cross / scale : scale.isNaN ? .nan : 0
    }
}
