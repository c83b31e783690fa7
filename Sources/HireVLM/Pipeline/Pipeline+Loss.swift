import HireArray
import HireTensor

extension Pipeline {
    /// Mean cross-entropy of the answers' tokens (teacher forcing), LLaVA's objective.
    ///
    /// Questions may share images: image tokens are computed once per image and repeated.
    ///
    /// - Parameters:
    ///   - tokens: image tokens [M, T, hidden] of the batch's images.
    ///   - questions: with answers; `image` indexes into `tokens`.
    public func loss(imageTokens tokens: Tensor, _ questions: [PromptedQuestion]) throws -> Tensor {
        let before = questions[0].before
        precondition(
            questions.allSatisfy { $0.before == before && !$0.answer.isEmpty },
            "Training needs answers and one prompt.")
        let texts = questions.map { $0.after + $0.answer }
        let length = texts.map(\.count).max() ?? 0
        var ids: [Int32] = []
        var labels: [Int32] = []
        for (question, text) in zip(questions, texts) {
            let padding = length - text.count
            ids += text.map(Int32.init) + Array(repeating: Int32(tokenizer.padding), count: padding)
            labels += Array(repeating: -100, count: question.after.count)
            labels += question.answer.map(Int32.init) + Array(repeating: -100, count: padding)
        }
        // The logits at a position predict the next token, so the answers' are read from where the shortest
        // question ends; the last position predicts nothing.
        let first = questions.map(\.after.count).min() ?? 0
        let batch = questions.count
        let sequence = try assembled(
            tokens, images: questions.map(\.image), before: before,
            after: context.tensor(ids, [batch, length]))
        let lead = before.count + tokens.shape[1]
        let logits = try languageModel(
            LanguageModelInput(
                embeddings: sequence, logitPositions: (lead + first - 1)..<(lead + length - 1)))
        let targets = (0..<batch).flatMap { row in
            labels[(row * length + first)..<((row + 1) * length)]
        }
        return try logits.reshape([batch * (length - first), languageModel.vocabularySize])
            .crossEntropy(context.tensor(targets, [batch * (length - first)]))
    }

    /// [before ids, image tokens, after ids] as embeddings: [N, T, hidden].
    ///
    /// - Parameters:
    ///   - tokens: image tokens [M, T, hidden]; not read by questions without a picture.
    ///   - images: indexes into `tokens`; nil, for all alike, where there is no picture.
    func assembled(
        _ tokens: Tensor?, images: [Int?], before: [Int], after: Tensor
    ) throws -> Tensor {
        let batch = images.count
        var parts: [Tensor] = []
        if !before.isEmpty {
            let ids = try context.tensor(
                (0..<batch).flatMap { _ in before.map(Int32.init) }, [batch, before.count])
            parts.append(try languageModel.embed(ids))
        }
        let places = images.compactMap { $0 }
        precondition(places.isEmpty || places.count == batch, "A batch mixes pictures and none.")
        if let tokens, !places.isEmpty {
            let isWhole = places == Array(0..<tokens.shape[0])
            parts.append(
                isWhole
                    ? tokens
                    : try tokens.indexSelect(
                        dim: 0, context.tensor(places.map(Int32.init), [batch])))
        }
        if after.shape[1] > 0 { parts.append(try languageModel.embed(after)) }
        return parts.count == 1 ? parts[0] : try Tensor.concat(parts, dim: 1)
    }
}
