import HireFiles
import HireTestSupport

/// The strings of Tests/Goldens/tokenizers, made by the rule of corpus.json exactly as tokenizer_files.py makes them.
enum Corpus {
    /// All strings, as many as the rule says.
    static let strings: [String] = {
        do {
            return try make()
        } catch {
            fatalError("corpus.json cannot be read: \(error)")
        }
    }()

    /// SplitMix64.
    private struct Numbers {
        var state: UInt64

        mutating func below(_ limit: Int) -> Int {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return Int((z ^ (z >> 31)) % UInt64(limit))
        }
    }

    private static func make() throws -> [String] {
        let path = goldenPath("tokenizers/corpus.json")
        let rule = try JSONParser.read(path).objectValue ?? JSONObject()
        let literals = try rule.requireArray("literals", source: path).compactMap(\.stringValue)
        let ranges = try rule.requireArray("ranges", source: path).map {
            ($0.arrayValue ?? []).compactMap(\.intValue)
        }
        var numbers = Numbers(state: UInt64(try rule.requireInt("seed", source: path)))
        return (0..<(try rule.requireInt("count", source: path))).map { _ in
            var text = ""
            for _ in 0..<(1 + numbers.below(4)) {
                var part = ""
                if numbers.below(5) < 3 {
                    part = literals[numbers.below(literals.count)]
                } else {
                    let range = ranges[numbers.below(ranges.count)]
                    for _ in 0..<(1 + numbers.below(4)) {
                        let value = range[0] + numbers.below(range[1] - range[0] + 1)
                        part.unicodeScalars.append(Unicode.Scalar(UInt32(value)) ?? "?")
                    }
                }
                let repeats = numbers.below(12) == 0 ? 1 + numbers.below(3) : 1
                for _ in 0..<repeats { text.unicodeScalars.append(contentsOf: part.unicodeScalars) }
                if numbers.below(3) == 0 { text.unicodeScalars.append(" ") }
            }
            return text
        }
    }
}
