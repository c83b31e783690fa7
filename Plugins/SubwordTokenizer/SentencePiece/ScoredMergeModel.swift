/// sentencepiece's byte-pair encoding: of all neighbours that form a piece, the one with the highest score is joined first.
///
/// Source: bpe_model.cc, with its heap, its frozen user-defined symbols and its pieces that exist only to be taken apart again.
struct ScoredMergeModel: SubwordModel {
    let table: TokenTable
    let file: SentencePieceFile
    /// Pieces that a text may be made of, by id.
    let isMergeable: [Bool]
    let userDefined: ByteTrie

    func encode(_ text: [UInt8], _ range: Range<Int>, into ids: inout [Int]) throws {
        var symbols = SymbolList()
        var starts: [Int] = []
        var isFrozen: [Bool] = []
        var position = range.lowerBound
        while position < range.upperBound {
            let found =
                userDefined.begins(with: text[position])
                ? userDefined.longest(text, at: position, end: range.upperBound) : nil
            let length =
                found?.length
                ?? min(UTF8Bytes.length(text[position]), range.upperBound - position)
            symbols.append(length: length)
            starts.append(position)
            isFrozen.append(found != nil)
            position += length
        }
        var parts: [Range<Int>: (Range<Int>, Range<Int>)] = [:]
        join(text, &symbols, starts, isFrozen, &parts)
        for index in 0..<symbols.count where symbols.length(index) > 0 {
            take(text, starts[index]..<(starts[index] + symbols.length(index)), parts, &ids)
        }
    }

    private func join(
        _ text: [UInt8], _ symbols: inout SymbolList, _ starts: [Int], _ isFrozen: [Bool],
        _ parts: inout [Range<Int>: (Range<Int>, Range<Int>)]
    ) {
        var queue = MergeQueue()
        func offer(_ left: Int, _ right: Int) {
            if isFrozen[left] || isFrozen[right] { return }
            let whole = starts[left]..<(starts[right] + symbols.length(right))
            guard let id = table.find(text, whole), isMergeable[id] else { return }
            queue.push(
                .init(
                    order: MergeQueue.order(file.pieces[id].score), position: left,
                    mark: whole.count))
            if file.pieces[id].kind == .unused {
                parts[whole] = (starts[left]..<starts[right], starts[right]..<whole.upperBound)
            }
        }
        for left in 0..<max(symbols.count - 1, 0) { offer(left, left + 1) }
        while let best = queue.pop() {
            let left = best.position
            guard symbols.length(left) > 0, let right = symbols.after(left),
                symbols.length(left) + symbols.length(right) == Int(best.mark)
            else { continue }
            symbols.merge(left, right)
            if let before = symbols.before(left) { offer(before, left) }
            if let after = symbols.after(left) { offer(left, after) }
        }
    }

    /// The ids of one symbol: its own, those of what it was made of if it is unused, those of its bytes if it is unknown.
    private func take(
        _ text: [UInt8], _ range: Range<Int>,
        _ parts: [Range<Int>: (Range<Int>, Range<Int>)], _ ids: inout [Int]
    ) {
        var waiting = [range]
        while let symbol = waiting.popLast() {
            let id = table.find(text, symbol)
            if let id, file.pieces[id].kind == .unused, let (left, right) = parts[symbol] {
                waiting.append(right)
                waiting.append(left)
            } else if let id, id != file.unknown {
                ids.append(id)
            } else if let byteIDs = file.byteIDs {
                for byte in text[symbol] { ids.append(byteIDs[Int(byte)]) }
            } else if ids.last != file.unknown {
                ids.append(file.unknown)
            }
        }
    }
}
