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

    /// Counts positions that every block has seen.
    func advance(by count: Int) { length += count }
}
