/// Keys of bytes with a value each, walked byte by byte to find every key that a text begins with.
struct ByteTrie {
    /// The node from which every walk starts.
    static let root = 0

    private var labels: [UInt8] = [0]
    private var firstChild: [Int32] = [0]
    private var childCount: [Int16] = [0]
    private var values: [Int32] = [-1]
    private var rootChild = [Int32](repeating: -1, count: 256)

    /// A trie over keys; a key that comes twice keeps its last value, an empty key is left out.
    ///
    /// Nodes are laid out level by level, the children of a node side by side in the order of their bytes.
    init(_ keys: [(key: [UInt8], value: Int)]) {
        let sorted = keys.enumerated().filter { !$0.element.key.isEmpty }.sorted { a, b in
            if a.element.key == b.element.key { return a.offset < b.offset }
            return a.element.key.lexicographicallyPrecedes(b.element.key)
        }.map(\.element)
        var level = [(node: 0, range: 0..<sorted.count)]
        var depth = 0
        while !level.isEmpty {
            var next: [(node: Int, range: Range<Int>)] = []
            for (node, range) in level {
                var position = range.lowerBound
                while position < range.upperBound, sorted[position].key.count == depth {
                    values[node] = Int32(sorted[position].value)
                    position += 1
                }
                firstChild[node] = Int32(labels.count)
                while position < range.upperBound {
                    let label = sorted[position].key[depth]
                    var end = position + 1
                    while end < range.upperBound, sorted[end].key[depth] == label { end += 1 }
                    if node == 0 { rootChild[Int(label)] = Int32(labels.count) }
                    next.append((labels.count, position..<end))
                    childCount[node] += 1
                    labels.append(label)
                    firstChild.append(0)
                    childCount.append(0)
                    values.append(-1)
                    position = end
                }
            }
            level = next
            depth += 1
        }
    }

    /// Whether a key begins with this byte.
    func begins(with byte: UInt8) -> Bool { rootChild[Int(byte)] >= 0 }

    /// The node after one more byte, or nil if no key goes on so.
    func step(_ node: Int, _ byte: UInt8) -> Int? {
        if node == 0 {
            let child = Int(rootChild[Int(byte)])
            return child < 0 ? nil : child
        }
        var low = Int(firstChild[node])
        var high = low + Int(childCount[node])
        while low < high {
            let middle = (low + high) / 2
            if labels[middle] == byte { return middle }
            if labels[middle] < byte { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    /// The value of the key that ends at a node, or nil.
    func value(_ node: Int) -> Int? { values[node] < 0 ? nil : Int(values[node]) }

    /// The longest key that stands at a position, and its value.
    func longest(_ text: [UInt8], at start: Int, end: Int) -> (length: Int, value: Int)? {
        var node = ByteTrie.root
        var position = start
        var found: (length: Int, value: Int)?
        while position < end, let next = step(node, text[position]) {
            node = next
            position += 1
            if let value = value(node) { found = (position - start, value) }
        }
        return found
    }
}
