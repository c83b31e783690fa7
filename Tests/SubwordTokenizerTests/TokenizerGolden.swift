import HireFiles
import HireTestSupport
import Testing

/// One tokenizer of Tests/Goldens/tokenizers: its ids for the corpus and the texts they decode to.
struct TokenizerGolden: Sendable, CustomTestStringConvertible {
    let name: String
    let folder: String
    let base: String?
    let count: Int
    let decodedCount: Int
    let addsSpecialTokens: Bool
    let named: JSONObject

    var testDescription: String { name }

    /// Every case of manifest.json.
    static let all: [TokenizerGolden] = {
        do {
            let path = goldenPath("tokenizers/manifest.json")
            let manifest = try JSONParser.read(path).objectValue ?? JSONObject()
            return try manifest.requireArray("cases", source: path).map { entry in
                let object = entry.objectValue ?? JSONObject()
                return TokenizerGolden(
                    name: try object.requireString("name", source: path),
                    folder: try object.requireString("folder", source: path),
                    base: object["base"]?.stringValue,
                    count: try object.requireInt("count", source: path),
                    decodedCount: try object.requireInt("decoded", source: path),
                    addsSpecialTokens: object["special"]?.boolValue ?? false, named: object)
            }
        } catch {
            fatalError("manifest.json cannot be read: \(error)")
        }
    }()

    /// The path of the tokenizer's folder.
    var path: String { goldenPath("tokenizers/\(folder)") }

    /// The expected ids of every string.
    func ids() throws -> [[Int]] {
        let bytes = try SystemFileSystem().readAll(goldenPath("tokenizers/\(name).ids"))
        let base = try base.map { name in
            try #require(TokenizerGolden.all.first { $0.name == name }).ids()
        }
        var position = 0
        func number() -> Int {
            var value = 0
            var shift = 0
            while true {
                let byte = Int(bytes[position])
                position += 1
                value |= (byte & 127) << shift
                if byte < 128 { return value }
                shift += 7
            }
        }
        let lists = (0..<count).map { index in
            let other = base?[index] ?? []
            let front = number()
            let back = number()
            let middle = number()
            let ids = (0..<middle).map { place in
                (0..<10).reduce(0) { value, bit in
                    let at = 10 * place + bit
                    return value | (Int(bytes[position + at / 8]) >> (at % 8) & 1) << bit
                }
            }
            position += (10 * middle + 7) / 8
            return Array(other.prefix(front)) + ids + Array(other.suffix(back))
        }
        #expect(position == bytes.count, "\(name).ids has bytes left over")
        return lists
    }

    /// The expected text of the ids of each of the first strings.
    func decoded() throws -> [String] {
        if decodedCount == 0 { return [] }
        let path = goldenPath("tokenizers/\(name).decoded.json")
        let exceptions = try JSONParser.read(path).objectValue ?? JSONObject()
        return (0..<decodedCount).map {
            exceptions["\($0)"]?.stringValue ?? Corpus.strings[$0]
        }
    }
}
