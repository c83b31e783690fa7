/// The symbols of a text as a doubly linked list in arrays; merged symbols have length 0.
struct SymbolList {
    private(set) var previous: [Int32] = []
    private(set) var next: [Int32] = []
    private(set) var lengths: [Int32] = []

    /// The number of symbols before any merge.
    var count: Int { lengths.count }

    /// Adds a symbol of some bytes at the end.
    mutating func append(length: Int) {
        let index = Int32(lengths.count)
        if index > 0 { next[Int(index) - 1] = index }
        previous.append(index - 1)
        next.append(-1)
        lengths.append(Int32(length))
    }

    /// The symbol after one, or nil.
    func after(_ index: Int) -> Int? { next[index] < 0 ? nil : Int(next[index]) }

    /// The symbol before one, or nil.
    func before(_ index: Int) -> Int? { previous[index] < 0 ? nil : Int(previous[index]) }

    /// The bytes of a symbol; 0 once it is merged into the one before it.
    func length(_ index: Int) -> Int { Int(lengths[index]) }

    /// Joins a symbol with the one after it.
    mutating func merge(_ left: Int, _ right: Int) {
        lengths[left] += lengths[right]
        lengths[right] = 0
        next[left] = next[right]
        if next[right] >= 0 { previous[Int(next[right])] = Int32(left) }
    }
}
