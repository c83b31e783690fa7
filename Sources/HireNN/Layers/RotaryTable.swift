import Foundation
import HireArray
import HireTensor

/// Cosines and sines of rotary position embeddings: `LlamaRotaryEmbedding`, made once for all positions.
///
/// The angle of position t and pair j is t * base^(-2j/d), computed in float32 as Hugging Face does.
public struct RotaryTable {
    /// [positions, d/2].
    public let cosines: Tensor
    /// [positions, d/2].
    public let sines: Tensor

    /// A table for positions 0..<`positions` and heads of width `headWidth`.
    ///
    /// - Throws: `ArrayError.argument` for an odd head width.
    public init(
        positions: Int, headWidth: Int, base: Double = 10_000, in context: Context
    ) throws {
        guard headWidth > 0, headWidth % 2 == 0 else {
            throw ArrayError.argument(
                operation: "rotary table", name: "head width", expected: "even and positive",
                got: "\(headWidth)")
        }
        let half = headWidth / 2
        let frequencies = (0..<half).map {
            1 / powf(Float(base), Float(2 * $0) / Float(headWidth))
        }
        let angles = (0..<positions).flatMap { t in frequencies.map { Float(t) * $0 } }
        cosines = try context.tensor(angles.map { cosf($0) }, [positions, half])
        sines = try context.tensor(angles.map { sinf($0) }, [positions, half])
    }

    /// Turns [..., T, d], whose first token stands at position `start`.
    ///
    /// - Throws: `ArrayError.index` if a position lies beyond the table.
    public func rotate(_ x: Tensor, start: Int = 0) throws -> Tensor {
        guard x.rank >= 2 else {
            throw ArrayError.shape(operation: "rope", expected: "[..., T, d]", got: "\(x.shape)")
        }
        let end = start + x.shape[x.rank - 2]
        guard start >= 0, end <= cosines.shape[0] else {
            throw ArrayError.index(
                operation: "rope", what: "position", got: start < 0 ? start : end - 1,
                range: "0..<\(cosines.shape[0])")
        }
        return try x.rope(cosines.slice(0, start, end), sines.slice(0, start, end))
    }
}
