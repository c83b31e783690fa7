import Foundation
import HireArray
import HireTensor

/// Cosines and sines of rotary position embeddings: `LlamaRotaryEmbedding`.
///
/// The angle of position t and pair j is t * frequency j, computed in float32 as Hugging Face does. Rows are made when
/// they are first asked for, so that a model of 131,072 positions costs nothing until it is given a long text.
public final class RotaryTable {
    /// Positions there can be: 0..<`positions`.
    public let positions: Int
    private let frequencies: [Float]
    private let context: Context
    /// [rows made, d/2], empty at first.
    private var cosines, sines: Tensor?

    /// A table for heads of width d.
    ///
    /// - Parameter frequencies: the angle per position of each of the d/2 pairs.
    public init(positions: Int, frequencies: [Float], in context: Context) {
        self.positions = positions
        self.frequencies = frequencies
        self.context = context
    }

    /// A table for positions 0..<`positions` and heads of width `headWidth`: frequency j is base^(-2j/d).
    ///
    /// - Throws: `ArrayError.argument` for an odd head width.
    public convenience init(
        positions: Int, headWidth: Int, base: Double = 10_000,
        scaling: RotaryScaling = .none, in context: Context
    ) throws {
        guard headWidth > 0, headWidth % 2 == 0 else {
            throw ArrayError.argument(
                operation: "rotary table", name: "head width", expected: "even and positive",
                got: "\(headWidth)")
        }
        self.init(
            positions: positions,
            frequencies: scaling.frequencies(headWidth: headWidth, base: base), in: context)
    }

    /// Cosines and sines [count, d/2] of the positions from `start` on.
    ///
    /// - Throws: `ArrayError.index` if a position lies beyond the table.
    public func angles(start: Int, count: Int) throws -> (cosines: Tensor, sines: Tensor) {
        let end = start + count
        guard start >= 0, count >= 0, end <= positions else {
            throw ArrayError.index(
                operation: "rope", what: "position", got: start < 0 ? start : end - 1,
                range: "0..<\(positions)")
        }
        let (allCosines, allSines) = try rows(upTo: end)
        return (try allCosines.slice(0, start, end), try allSines.slice(0, start, end))
    }

    /// Turns [..., T, d], whose first token stands at position `start`.
    ///
    /// - Throws: `ArrayError.index` if a position lies beyond the table.
    public func rotate(_ x: Tensor, start: Int = 0) throws -> Tensor {
        guard x.rank >= 2 else {
            throw ArrayError.shape(operation: "rope", expected: "[..., T, d]", got: "\(x.shape)")
        }
        let (cosines, sines) = try angles(start: start, count: x.shape[x.rank - 2])
        return try x.rope(cosines, sines)
    }

    /// The table with at least `end` rows; what is added at least doubles it, so that growing costs little per row.
    private func rows(upTo end: Int) throws -> (Tensor, Tensor) {
        let made = cosines?.shape[0] ?? 0
        if let cosines, let sines, made >= end { return (cosines, sines) }
        let count = min(positions, max(end, 2 * made, Self.fewestRows))
        let shape = [count, frequencies.count]
        let angles = (0..<count).flatMap { t in frequencies.map { Float(t) * $0 } }
        let newCosines = try context.tensor(angles.map { cosf($0) }, shape)
        let newSines = try context.tensor(angles.map { sinf($0) }, shape)
        (cosines, sines) = (newCosines, newSines)
        return (newCosines, newSines)
    }

    private static let fewestRows = 256
}
