import HireArray
import HireTensor

extension Pipeline {
    /// Greedy answers to questions about a batch of images.
    ///
    /// Questions of equal length run together through the key-value cache, so no padding ever enters a prompt.
    ///
    /// - Parameters:
    ///   - tokens: image tokens [M, T, hidden].
    ///   - questions: `image` indexes into `tokens`; reference answers are ignored.
    ///   - maximumTokens: where an answer is cut off.
    /// - Returns: answers in the order of the questions.
    public func generate(
        imageTokens tokens: Tensor, _ questions: [PromptedQuestion], maximumTokens: Int = 16
    ) throws -> [Generation] {
        var answers = [Generation](
            repeating: Generation(text: "", ids: []), count: questions.count)
        let groups = Dictionary(grouping: questions.indices) {
            [
                questions[$0].image == nil ? 0 : 1, questions[$0].before.count,
                questions[$0].after.count,
            ]
        }
        for key in groups.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            let rows = groups[key] ?? []
            let ids = try context.withoutGradients {
                try generateGroup(tokens, rows.map { questions[$0] }, maximumTokens)
            }
            for (row, generated) in zip(rows, ids) {
                answers[row] = Generation(text: tokenizer.decode(generated), ids: generated)
            }
        }
        return answers
    }

    private func generateGroup(
        _ tokens: Tensor, _ questions: [PromptedQuestion], _ maximumTokens: Int
    ) throws -> [[Int]] {
        let batch = questions.count
        let length = questions[0].after.count
        let text = questions.flatMap { $0.after.map(Int32.init) }
        var input = try assembled(
            tokens, images: questions.map(\.image), before: questions[0].before,
            after: context.tensor(text, [batch, length]))
        let cache = languageModel.makeCache()
        var generated = [[Int]](repeating: [], count: batch)
        var open = Set(0..<batch)
        for _ in 0..<maximumTokens {
            let last = input.shape[1] - 1
            let logits = try languageModel(
                LanguageModelInput(
                    embeddings: input, cache: cache, logitPositions: last..<(last + 1)))
            let next = try logits.argmax(dim: -1).array.integers()
            for row in open.sorted() {
                generated[row].append(next[row])
                if next[row] == tokenizer.endOfText { open.remove(row) }
            }
            if open.isEmpty { break }
            input = try languageModel.embed(
                context.tensor(next.map(Int32.init), [batch, 1]))
        }
        return generated
    }
}
