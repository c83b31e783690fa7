import HireFiles

/// sentencepiece's precompiled rules for characters: a double-array trie from what is replaced to what replaces it.
///
/// Layout: the trie's size in bytes (u32, little-endian), the trie's 32-bit units, then texts that end in NUL. Source:
/// normalizer.cc and darts-clone. Every unit is checked at load, and every walk again.
struct CharacterMap: Sendable {
    private let units: [UInt32]
    private let texts: [UInt8]
    /// sentencepiece looks at no more rules for one position.
    private static let mostMatches = 32

    /// Reads and checks a map.
    ///
    /// - Parameter bytes: a part of the file; its indices are the file's bytes.
    /// - Throws: `FileError` with the byte of what is wrong.
    init(_ bytes: ArraySlice<UInt8>, path: String) throws {
        let start = bytes.startIndex
        guard bytes.count >= 4 else {
            throw FileError.badData(
                path, at: start, "the precompiled_charsmap is too short",
                expected: "at least 4 bytes",
                got: "\(bytes.count)")
        }
        func word(_ position: Int) -> UInt32 {
            (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[position + $1]) << UInt32(8 * $1) }
        }
        let size = Int(word(start))
        guard size >= 1024, size % 1024 == 0, size <= bytes.count - 4 else {
            throw FileError.badData(
                path, at: start, "the size of the precompiled_charsmap's trie does not fit",
                expected: "a multiple of 1024 up to \(bytes.count - 4)", got: "\(size)")
        }
        let unitCount = size / 4
        units = (0..<unitCount).map { word(start + 4 + 4 * $0) }
        texts = Array(bytes[(start + 4 + size)...])
        guard texts.isEmpty || texts.last == 0 else {
            throw FileError.badData(
                path, at: bytes.endIndex - 1,
                "the texts of the precompiled_charsmap do not end in NUL"
            )
        }
        guard String(validating: texts, as: UTF8.self) != nil else {
            throw FileError.badData(
                path, at: start + 4 + size, "the texts of the precompiled_charsmap are not UTF-8")
        }
        for (index, unit) in units.enumerated() {
            let offset = start + 4 + 4 * index
            if unit >> 31 == 1 {
                let place = Int(unit & 0x7FFF_FFFF)
                guard place < texts.count, texts[place] & 0xC0 != 0x80 else {
                    throw FileError.badData(
                        path, at: offset, "a rule of the precompiled_charsmap leads to no text",
                        expected: "the beginning of a character below \(texts.count)",
                        got: "\(place)")
                }
            } else if index ^ CharacterMap.jump(unit) >= unitCount {
                throw FileError.badData(
                    path, at: offset, "a trie offset of the precompiled_charsmap is out of range",
                    expected: "a unit below \(unitCount)", got: "\(index ^ CharacterMap.jump(unit))"
                )
            }
        }
    }

    private static func jump(_ unit: UInt32) -> Int {
        Int((unit >> 10) << ((unit & 0x200) >> 6))
    }

    /// What replaces the longest rule that stands at a position, and how many bytes it replaces.
    func longest(_ text: [UInt8], at start: Int, end: Int) -> (
        replacement: ArraySlice<UInt8>, length: Int
    )? {
        var found: (place: Int, length: Int)?
        var count = 0
        walk(text, start, end) { place, length in
            found = (place, length)
            count += 1
            return count < CharacterMap.mostMatches
        }
        return found.map { (self.text(at: $0.place), $0.length) }
    }

    /// What replaces the shortest rule that a text begins with: what Hugging Face's `Precompiled` looks for.
    func shortest(_ text: [UInt8], at start: Int, end: Int) -> ArraySlice<UInt8>? {
        var found: Int?
        walk(text, start, end) { place, _ in
            found = place
            return false
        }
        return found.map { self.text(at: $0) }
    }

    /// Visits the rules that stand at a position, shortest first, until told to stop.
    private func walk(
        _ text: [UInt8], _ start: Int, _ end: Int, _ visit: (_ place: Int, _ length: Int) -> Bool
    ) {
        var node = CharacterMap.jump(units[0])
        for position in start..<end {
            let byte = text[position]
            node ^= Int(byte)
            guard node < units.count else { return }
            let unit = units[node]
            guard unit & 0x8000_00FF == UInt32(byte) else { return }
            node ^= CharacterMap.jump(unit)
            guard node < units.count else { return }
            if unit & 0x100 != 0 {
                let place = Int(units[node] & 0x7FFF_FFFF)
                guard place < texts.count else { return }
                if !visit(place, position + 1 - start) { return }
            }
        }
    }

    private func text(at place: Int) -> ArraySlice<UInt8> {
        var end = place
        while end < texts.count, texts[end] != 0 { end += 1 }
        return texts[place..<end]
    }
}
