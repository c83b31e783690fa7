import HireTensor
import HireVLM

/// Keys and values of the positions already seen, per block: [N, heads, T, head size].
final class KeyValueCache: LanguageModelCache {
    private(set) var length = 0
    private var keys: [Tensor?]
    private var values: [Tensor?]

    init(layers: Int) {
        keys = Array(repeating: nil, count: layers)
        values = Array(repeating: nil, count: layers)
    }

    /// All keys and values of a block, the new ones appended.
    func extended(_ layer: Int, _ key: Tensor, _ value: Tensor) throws -> (Tensor, Tensor) {
        if let before = keys[layer], let beforeValue = values[layer] {
            keys[layer] = try Tensor.concat([before, key], dim: 2)
            values[layer] = try Tensor.concat([beforeValue, value], dim: 2)
        } else {
            keys[layer] = key
            values[layer] = value
        }
        return (keys[layer] ?? key, values[layer] ?? value)
    }

    func select(rows: [Int]) throws {
        for layer in keys.indices {
            guard let key = keys[layer], let value = values[layer] else { continue }
            let chosen = try key.context.tensor(rows.map(Int32.init), [rows.count])
            keys[layer] = try key.indexSelect(dim: 0, chosen)
            values[layer] = try value.indexSelect(dim: 0, chosen)
        }
    }

    func truncate(to length: Int) throws {
        for layer in keys.indices {
            keys[layer] = try keys[layer]?.slice(2, 0, length)
            values[layer] = try values[layer]?.slice(2, 0, length)
        }
        self.length = length
    }

    /// Counts positions that every block has seen.
    func advance(by count: Int) { length += count }
}
