import HireArray
import HireTensor
import HireVLM

/// Keys and values of the positions already seen, per block: [N, heads, T, head width].
///
/// They lie in buffers with room to spare, and new positions are copied behind the old ones; attention reads a view.
/// Only where gradients are recorded is a new array made for every call, so that what a derivative remembers stays.
final class KeyValueCache: LanguageModelCache {
    private enum Held {
        case nothing
        /// [N, heads, capacity, head width]; the first `length` positions count.
        case buffer(keys: NDArray, values: NDArray)
        case history(keys: Tensor, values: Tensor)
    }

    private(set) var length = 0
    private let maximum: Int
    private var held: [Held]
    private var context: Context?

    /// An empty cache for a model of so many blocks and positions.
    init(layers: Int, maximum: Int) {
        self.maximum = maximum
        held = Array(repeating: .nothing, count: layers)
    }

    /// The number of blocks.
    var layers: Int { held.count }

    /// All keys and values of a block, the new ones [N, heads, T, head width] appended.
    ///
    /// - Parameter isRecorded: whether the attention over them will be differentiated.
    /// - Throws: `ArrayError.memory`, or `PluginError.assembly` for another number of rows than before.
    func extended(
        _ layer: Int, _ key: Tensor, _ value: Tensor, isRecorded: Bool
    ) throws -> (Tensor, Tensor) {
        context = key.context
        if length == 0 { forget(layer, unlike: key) }
        switch held[layer] {
        case .nothing:
            if isRecorded { return keep(layer, key, value) }
            return try append(layer, key, value, to: nil)
        case .history(let keys, let values):
            try requireFit(keys.array, key)
            return keep(
                layer, try Tensor.concat([keys.slice(2, 0, length), key], dim: 2),
                try Tensor.concat([values.slice(2, 0, length), value], dim: 2))
        case .buffer(let keys, let values):
            try requireFit(keys, key)
            if !isRecorded { return try append(layer, key, value, to: (keys, values)) }
            return keep(
                layer, try Tensor.concat([seen(keys, key.context), key], dim: 2),
                try Tensor.concat([seen(values, key.context), value], dim: 2))
        }
    }

    /// Counts positions that every block has seen.
    func advance(by count: Int) { length += count }

    func select(rows: [Int]) throws {
        for layer in held.indices {
            switch held[layer] {
            case .nothing: continue
            case .history(let keys, let values):
                try require(rows, below: keys.shape[0])
                let chosen = try keys.context.tensor(rows.map(Int32.init), [rows.count])
                held[layer] = .history(
                    keys: try keys.indexSelect(dim: 0, chosen),
                    values: try values.indexSelect(dim: 0, chosen))
            case .buffer(let keys, let values):
                try require(rows, below: keys.shape[0])
                held[layer] = .buffer(
                    keys: try selected(rows, of: keys), values: try selected(rows, of: values))
            }
        }
    }

    func truncate(to length: Int) throws {
        guard (0...self.length).contains(length) else {
            throw ArrayError.index(
                operation: "truncate a cache", what: "length", got: length,
                range: "0...\(self.length)")
        }
        self.length = length
    }

    // MARK: Parts

    private func keep(_ layer: Int, _ keys: Tensor, _ values: Tensor) -> (Tensor, Tensor) {
        held[layer] = .history(keys: keys, values: values)
        return (keys, values)
    }

    /// Copies new positions behind the first `length`, into larger buffers if they do not fit.
    private func append(
        _ layer: Int, _ key: Tensor, _ value: Tensor, to buffers: (NDArray, NDArray)?
    ) throws -> (Tensor, Tensor) {
        let count = key.shape[2]
        let keys = try roomy(buffers?.0, for: key)
        let values = try roomy(buffers?.1, for: value)
        held[layer] = .buffer(keys: keys, values: values)
        func added(_ new: Tensor, to buffer: NDArray) -> Tensor {
            key.backend.copy(
                new.array, into: buffer.sliced(axis: 2, start: length, length: count))
            return Tensor(
                buffer.sliced(axis: 2, start: 0, length: length + count), in: key.context)
        }
        return (added(key, to: keys), added(value, to: values))
    }

    /// The buffer, or a larger one with the same positions.
    private func roomy(_ buffer: NDArray?, for new: Tensor) throws -> NDArray {
        let needed = length + new.shape[2]
        let capacity = buffer?.shape[2] ?? 0
        if let buffer, needed <= capacity { return buffer }
        var shape = new.shape
        shape[2] = max(needed, min(maximum, max(needed + Self.room, capacity * 3 / 2)))
        let larger = try new.backend.allocate(shape, new.dtype)
        if let buffer, length > 0 {
            new.backend.copy(
                buffer.sliced(axis: 2, start: 0, length: length),
                into: larger.sliced(axis: 2, start: 0, length: length))
        }
        return larger
    }

    /// Positions kept free when a buffer is made.
    private static let room = 64

    private func seen(_ buffer: NDArray, _ context: Context) -> Tensor {
        Tensor(buffer.sliced(axis: 2, start: 0, length: length), in: context)
    }

    /// Rows in another order: in place where their number stays, so that only rows that move are copied.
    private func selected(_ rows: [Int], of buffer: NDArray) throws -> NDArray {
        guard let backend = context?.backend else { return buffer }
        func row(_ array: NDArray, _ index: Int) -> NDArray {
            array.sliced(axis: 0, start: index, length: 1)
                .sliced(axis: 2, start: 0, length: length)
        }
        var shape = buffer.shape
        let stays = rows.count == shape[0]
        shape[0] = rows.count
        let target = stays ? buffer : try backend.allocate(shape, buffer.dtype)
        let moves = rows.indices.filter { !stays || rows[$0] != $0 }
        var sources: [Int: NDArray] = [:]
        for source in Set(moves.map { rows[$0] }) {
            sources[source] = row(buffer, source)
            guard stays, rows[source] != source else { continue }
            // This row is itself written to, so what it holds is put aside.
            let copy = try backend.allocate(row(buffer, source).shape, buffer.dtype)
            backend.copy(row(buffer, source), into: copy)
            sources[source] = copy
        }
        for move in moves {
            if let source = sources[rows[move]] { backend.copy(source, into: row(target, move)) }
        }
        return target
    }

    private func require(_ rows: [Int], below count: Int) throws {
        guard let wrong = rows.first(where: { !(0..<count).contains($0) }) else { return }
        throw ArrayError.index(
            operation: "select rows of a cache", what: "row", got: wrong, range: "0..<\(count)")
    }

    private func fits(_ keys: NDArray, _ new: Tensor) -> Bool {
        keys.shape[0] == new.shape[0] && keys.shape[1] == new.shape[1]
            && keys.shape[3] == new.shape[3] && keys.dtype == new.dtype
    }

    /// An emptied cache may begin again with another batch.
    private func forget(_ layer: Int, unlike new: Tensor) {
        switch held[layer] {
        case .nothing: break
        case .history: held[layer] = .nothing
        case .buffer(let keys, _): if !fits(keys, new) { held[layer] = .nothing }
        }
    }

    private func requireFit(_ keys: NDArray, _ new: Tensor) throws {
        guard fits(keys, new) else {
            throw PluginError.assembly(
                "The cache holds keys of \(keys.shape[0]) rows, \(keys.shape[1]) heads and width "
                    + "\(keys.shape[3]), but got \(new.shape[0]) rows, \(new.shape[1]) heads and "
                    + "width \(new.shape[3]); a cache goes on with the batch and the model it began "
                    + "with.")
        }
    }
}
