/// Byte-pair encoding by ranked merges, as the model `BPE` of Hugging Face's tokenizers.
///
/// Merges wait in a heap, so that n symbols take O(n log n).
struct MergeModel: SubwordModel {
    /// One merge: what it is worth (0 is done first) and what it gives.
    struct Merge {
        let rank: UInt32
        let id: Int32
    }

    let table: TokenTable
    /// By the ids of the left and the right symbol.
    let merges: [UInt64: Merge]
    /// The id of characters without any other, or nil: they are left out.
    let unknown: Int?
    /// Whether unknown characters that follow each other give one id.
    let fusesUnknown: Bool
    /// The ids of bytes, or nil where a byte has none.
    let byteIDs: [Int?]
    /// Whether characters that have no id are spelt in bytes.
    let fallsBackToBytes: Bool
    /// Whether a piece that is a token itself is taken whole.
    let ignoresMerges: Bool
    /// Put before every character but a piece's first.
    let continuingPrefix: [UInt8]
    /// Put after a piece's last character.
    let endSuffix: [UInt8]

    /// The key of a merge.
    static func key(_ left: Int, _ right: Int) -> UInt64 { UInt64(left) << 32 | UInt64(right) }

    func encode(_ text: [UInt8], _ range: Range<Int>, into ids: inout [Int]) throws {
        if range.isEmpty { return }
        if ignoresMerges, let id = table.find(text, range) {
            ids.append(id)
            return
        }
        var symbols = SymbolList()
        var symbolIDs: [Int32] = []
        firstSymbols(text, range, &symbols, &symbolIDs)
        mergeAll(&symbols, &symbolIDs)
        for index in 0..<symbols.count where symbols.length(index) > 0 {
            ids.append(Int(symbolIDs[index]))
        }
    }

    /// One symbol for each character that has an id, one for each byte of those that have none.
    private func firstSymbols(
        _ text: [UInt8], _ range: Range<Int>, _ symbols: inout SymbolList, _ ids: inout [Int32]
    ) {
        func add(_ id: Int, _ length: Int) {
            symbols.append(length: length)
            ids.append(Int32(id))
        }
        var waiting = 0  // bytes of unknown characters not yet added
        var position = range.lowerBound
        while position < range.upperBound {
            let end = min(position + UTF8Bytes.length(text[position]), range.upperBound)
            let found = lookUp(text, position..<end, in: range)
            let length = end - position
            position = end
            if let found {
                if waiting > 0, let unknown { add(unknown, waiting) }
                waiting = 0
                add(found, length)
                continue
            }
            if fallsBackToBytes, let bytes = spell(text, (end - length)..<end) {
                for id in bytes { add(id, 1) }
                continue
            }
            guard let unknown else { continue }
            if waiting > 0, !fusesUnknown {
                add(unknown, waiting)
                waiting = 0
            }
            waiting += length
        }
        if waiting > 0, let unknown { add(unknown, waiting) }
    }

    private func lookUp(_ text: [UInt8], _ character: Range<Int>, in range: Range<Int>) -> Int? {
        let isFirst = character.lowerBound == range.lowerBound
        let isLast = character.upperBound == range.upperBound
        let plain =
            (isFirst || continuingPrefix.isEmpty) && (!isLast || endSuffix.isEmpty)
        if plain { return table.find(text, character) }
        var spelt = isFirst ? [] : continuingPrefix
        spelt.append(contentsOf: text[character])
        if isLast { spelt.append(contentsOf: endSuffix) }
        return table.find(spelt)
    }

    private func spell(_ text: [UInt8], _ range: Range<Int>) -> [Int]? {
        var ids: [Int] = []
        for byte in text[range] {
            guard let id = byteIDs[Int(byte)] else { return nil }
            ids.append(id)
        }
        return ids
    }

    private func mergeAll(_ symbols: inout SymbolList, _ ids: inout [Int32]) {
        var queue = MergeQueue()
        func merge(_ left: Int, _ right: Int) -> Merge? {
            merges[MergeModel.key(Int(ids[left]), Int(ids[right]))]
        }
        func offer(_ left: Int, _ right: Int) {
            if let merge = merge(left, right) {
                queue.push(.init(order: merge.rank, position: left, mark: Int(merge.id)))
            }
        }
        for left in 0..<max(symbols.count - 1, 0) { offer(left, left + 1) }
        while let best = queue.pop() {
            let left = best.position
            // A symbol may have been merged since; only what the pair would give now counts, as in tokenizers.
            guard symbols.length(left) > 0, let right = symbols.after(left),
                merge(left, right)?.id == best.mark
            else { continue }
            symbols.merge(left, right)
            ids[left] = best.mark
            if let before = symbols.before(left) { offer(before, left) }
            if let after = symbols.after(left) { offer(left, after) }
        }
    }
}
