import HireArray
import HireTensor

/// The Euclidean norm of all gradients together; parameters without one count as zeros.
///
/// - Throws: `OptimizationError.notFinite` naming the first parameter that spoils it, unless `allowsNonFinite`.
public func gradientNorm(_ parameters: [Parameter], allowsNonFinite: Bool = false) throws -> Double
{
    var squares = 0.0
    for parameter in parameters {
        guard let gradient = parameter.gradient else { continue }
        squares += gradient.backend.sumOfSquares(gradient.array)
    }
    let norm = squares.squareRoot()
    if !norm.isFinite, !allowsNonFinite {
        let spoilt = parameters.first { parameter in
            guard let gradient = parameter.gradient else { return false }
            return !gradient.backend.sumOfSquares(gradient.array).isFinite
        }
        throw OptimizationError.notFinite(norm: norm, path: spoilt?.path ?? "all together")
    }
    return norm
}

/// Scales all gradients so that their common norm is at most `maximum`: `torch.nn.utils.clip_grad_norm_`.
///
/// The factor is min(1, maximum / (norm + 1e-6)). Gradients that are scaled become new arrays, for a gradient's memory
/// may be shared.
///
/// - Returns: the norm before clipping.
/// - Throws: `OptimizationError.notFinite`, unless `allowsNonFinite`.
@discardableResult
public func clipGradientNorm(
    _ parameters: [Parameter], maximum: Double, allowsNonFinite: Bool = false
) throws -> Double {
    let norm = try gradientNorm(parameters, allowsNonFinite: allowsNonFinite)
    let factor = maximum / (norm + 1e-6)
    if !(factor < 1) { return norm }
    for parameter in parameters { try parameter.scaleGradient(by: factor) }
    return norm
}
