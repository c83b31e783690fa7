import HireFiles
import HireVLM

/// Ids 0 and 1 are padding and end of text; words follow in alphabetical order, so a corpus always gives the same ids.
final class WordTokenizer: Tokenizer {
    let beginningOfText: Int? = nil
    let padding = 0
    let endOfText = 1
    private let words: [String]
    private let ids: [String: Int]

    init(corpus: [String]) {
        var found: Set<String> = []
        for text in corpus { found.formUnion(Self.split(text)) }
        words = ["<pad>", "<eos>"] + found.sorted()
        ids = Dictionary(uniqueKeysWithValues: words.enumerated().map { ($1, $0) })
    }

    var vocabularySize: Int { words.count }

    func encode(_ text: String, addingSpecialTokens: Bool) throws -> [Int] {
        try Self.split(text).map { word in
            guard let id = ids[word] else {
                throw PluginError.assembly(
                    "The tokenizer 'words' knows only its task's vocabulary. "
                        + NearestNames.sentence(kind: "word", name: word, among: words.dropFirst(2))
                )
            }
            return id
        }
    }

    func decode(_ ids: [Int], skippingSpecialTokens: Bool) -> String {
        let first = skippingSpecialTokens ? endOfText + 1 : 0
        return ids.filter { $0 >= first && $0 < words.count }.map { words[$0] }
            .joined(separator: " ")
    }

    func id(of token: String) -> Int? { ids[token] }

    func token(of id: Int) -> String? { words.indices.contains(id) ? words[id] : nil }

    /// Runs of letters and digits, lower-case.
    private static func split(_ text: String) -> [String] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }
}
