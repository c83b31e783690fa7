import HireArray
import HireTensor

/// max |a - b| / max |b|: the error of a whole tensor, relative to its largest number.
///
/// Infinite where shapes differ or a difference is not finite, so that no comparison lets NaN pass.
public func relativeError(_ a: NDArray, _ b: NDArray) throws -> Double {
    guard a.shape == b.shape else { return .infinity }
    let (x, y) = (try a.doubles(), try b.doubles())
    let largest = y.reduce(0) { max($0, abs($1)) }
    var worst = 0.0
    for (p, q) in zip(x, y) {
        let difference = abs(p - q)
        if !difference.isFinite { return .infinity }
        worst = max(worst, difference)
    }
    return worst / max(largest, .leastNormalMagnitude)
}

/// The same of two tensors.
public func relativeError(_ a: Tensor, _ b: Tensor) throws -> Double {
    try relativeError(a.array, b.array)
}
