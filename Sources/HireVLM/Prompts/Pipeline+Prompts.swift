import HireFiles

extension Pipeline {
    /// Ids of one question in the pipeline's template.
    ///
    /// - Parameters:
    ///   - answer: the reference answer, for training.
    ///   - image: index of the picture in the batch; nil for a question without one.
    public func prompted(
        _ question: String, answer: String? = nil, image: Int? = 0
    ) throws -> PromptedQuestion {
        var prompted = try tokenised(
            template.text(of: [ConversationTurn(question)], hasImage: image != nil), image: image)
        if let answer {
            prompted.answer = try tokenizer.encode(answer) + [tokenizer.endOfText]
        }
        return prompted
    }

    /// Ids of a conversation whose last turn has no answer yet.
    public func prompted(_ turns: [ConversationTurn], image: Int?) throws -> PromptedQuestion {
        try tokenised(template.text(of: turns, hasImage: image != nil), image: image)
    }

    /// Ids of a text as it stands, with `<image>` where image tokens go.
    ///
    /// - Parameter image: index of the picture in the batch; nil for a text without one.
    /// - Throws: `PluginError.assembly` unless the text has one tag for a picture and none without.
    public func tokenised(_ text: String, image: Int?) throws -> PromptedQuestion {
        let tag = ConversationTemplate.imageTag
        let pieces = text.split(separator: tag, omittingEmptySubsequences: false).map(String.init)
        guard pieces.count == (image == nil ? 1 : 2) else {
            throw PluginError.assembly(
                image == nil
                    ? "The text has the tag \(tag), but there is no picture."
                    : "A text with a picture has the tag \(tag) once, where image tokens go; this one has it "
                        + "\(pieces.count - 1) times.")
        }
        let first = try tokenizer.encode(
            recipe.imageTokenisation == .token ? text : pieces[0], addingSpecialTokens: true)
        guard let image else { return PromptedQuestion(image: nil, before: [], after: first) }
        switch recipe.imageTokenisation {
        case .token:
            guard let id = tokenizer.id(of: tag), let place = first.firstIndex(of: id) else {
                throw PluginError.assembly(
                    "The tokenizer has no token '\(tag)', which image_tokenisation = \"token\" needs; "
                        + "\"split\" does without.")
            }
            return PromptedQuestion(
                image: image, before: Array(first[..<place]), after: Array(first[(place + 1)...]))
        case .split:
            var rest = try tokenizer.encode(pieces[1], addingSpecialTokens: true)
            if let start = tokenizer.beginningOfText, rest.first == start { rest.removeFirst() }
            return PromptedQuestion(image: image, before: first, after: rest)
        }
    }
}
