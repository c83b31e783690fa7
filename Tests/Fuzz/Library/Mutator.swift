/// Changes bytes as files go wrong and as attackers change them: bits, ranges, lengths, numbers, words of the format.
package struct Mutator {
    /// Words of the format.
    let tokens: [[UInt8]]
    /// Other whole inputs to take pieces from.
    let seeds: [[UInt8]]
    let longest: Int

    private static let numbers: [UInt64] = [
        0, 1, 2, 7, 8, 16, 255, 256, 32_767, 32_768, 65_535, 65_536, 0x7FFF_FFFF, 0x8000_0000,
        0xFFFF_FFFF, 0x1_0000_0000, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, .max, .max - 7,
        100_000_000, 100_000_001,
    ]
    private static let digits = [
        "0", "-1", "1", "2", "4", "8", "1.5", "1e3", "1e400", "4294967295", "4294967296",
        "9223372036854775807", "9223372036854775808", "36893488147419103232", "-0", "00", "64",
        "1000000000000",
    ]

    /// Applies one to six changes.
    package func mutate(_ bytes: [UInt8], _ random: inout FuzzRandom) -> [UInt8] {
        var result = bytes
        for _ in 0...random.below(6) { change(&result, &random) }
        if result.count > longest { result.removeLast(result.count - longest) }
        return result
    }

    private func change(_ bytes: inout [UInt8], _ random: inout FuzzRandom) {
        guard !bytes.isEmpty else {
            bytes =
                tokens.isEmpty ? [UInt8(truncatingIfNeeded: random.next())] : random.pick(tokens)
            return
        }
        let place = random.below(bytes.count)
        switch random.below(14) {
        case 0: bytes[place] ^= 1 << UInt8(random.below(8))
        case 1: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case 2: bytes[place] = random.pick([0, 1, 0x20, 0x22, 0x5C, 0x7F, 0x80, 0xFE, 0xFF])
        case 3: overwrite(&bytes, place, field(bytes.count, &random))
        case 4: bytes[place] &+= UInt8(truncatingIfNeeded: random.below(9)) &- 4
        case 5: bytes.removeSubrange(range(bytes.count, place, &random))
        case 6: bytes.insert(contentsOf: noise(&random), at: place)
        case 7: bytes.insert(contentsOf: bytes[range(bytes.count, place, &random)], at: place)
        case 8:
            let piece = Array(bytes[range(bytes.count, random.below(bytes.count), &random)])
            overwrite(&bytes, place, piece)
        case 9: splice(&bytes, place, &random)
        case 10 where random.once(in: 3): bytes.removeLast(bytes.count - place)
        case 11 where !tokens.isEmpty: bytes.insert(contentsOf: random.pick(tokens), at: place)
        case 12 where !tokens.isEmpty: overwrite(&bytes, place, random.pick(tokens))
        default: renumber(&bytes, place, &random)
        }
    }

    private func range(_ count: Int, _ start: Int, _ random: inout FuzzRandom) -> Range<Int> {
        let most = random.once(in: 4) ? count : 16
        return start..<min(count, start + 1 + random.below(most))
    }

    private func noise(_ random: inout FuzzRandom) -> [UInt8] {
        let isRun = random.once(in: 2)
        let byte = UInt8(truncatingIfNeeded: random.next())
        return (0...random.below(random.once(in: 20) ? 2000 : 16)).map { _ in
            isRun ? byte : UInt8(truncatingIfNeeded: random.next())
        }
    }

    /// A length or offset of 2, 4 or 8 bytes in either order: an awkward number, or near the input's own length.
    private func field(_ count: Int, _ random: inout FuzzRandom) -> [UInt8] {
        let near = UInt64(truncatingIfNeeded: count &+ random.below(17) &- 8)
        let value = random.once(in: 3) ? near : random.pick(Self.numbers)
        let bytes = (0..<random.pick([2, 4, 8])).map {
            UInt8(truncatingIfNeeded: value >> (8 * $0))
        }
        return random.once(in: 3) ? bytes.reversed() : bytes
    }

    private func overwrite(_ bytes: inout [UInt8], _ place: Int, _ piece: [UInt8]) {
        for (index, byte) in piece.prefix(bytes.count - place).enumerated() {
            bytes[place + index] = byte
        }
    }

    private func splice(_ bytes: inout [UInt8], _ place: Int, _ random: inout FuzzRandom) {
        let other = random.pick(seeds)
        if other.isEmpty { return }
        bytes = Array(bytes[..<place]) + other[random.below(other.count)...]
    }

    /// Replaces a number in text, if there is one from this place on.
    private func renumber(_ bytes: inout [UInt8], _ place: Int, _ random: inout FuzzRandom) {
        let isDigit = { (byte: UInt8) in byte >= 0x30 && byte <= 0x39 }
        guard let start = bytes[place...].firstIndex(where: isDigit) else { return }
        let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count
        bytes.replaceSubrange(start..<end, with: random.pick(Self.digits).utf8)
    }
}
