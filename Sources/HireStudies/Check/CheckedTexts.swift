import HireVLM

/// The texts with which a dry run tries a pipeline.
public struct CheckedTexts {
    /// What a closed vocabulary must cover.
    public var corpus: [String]
    /// Questions with their answers.
    public var questions: [(question: String, answer: String)]
    /// Where generated answers are cut off; 0 if none are generated.
    public var maximumTokens: Int

    /// Texts given one by one; an empty question with an empty answer if there are none.
    public init(
        corpus: [String], questions: [(question: String, answer: String)] = [],
        maximumTokens: Int = 0
    ) {
        self.corpus = corpus
        self.questions = questions.isEmpty ? [("", "")] : questions
        self.maximumTokens = maximumTokens
    }

    /// The longest questions and answers of a task's splits: whatever fits these fits the others.
    ///
    /// Tokens are counted for the longest texts only, which is where the longest sequence is found.
    public init(_ task: any Task, _ splits: [DataSplit], maximumTokens: Int = 0) {
        var seen: Set<String> = []
        var found: [(question: String, answer: String)] = []
        for sample in splits.flatMap({ task.samples($0) })
        where seen.insert(sample.question + "\u{0}" + sample.answer).inserted {
            found.append((sample.question, sample.answer))
        }
        found.sort {
            $0.question.utf8.count + $0.answer.utf8.count > $1.question.utf8.count
                + $1.answer.utf8.count
        }
        self.init(
            corpus: task.corpus, questions: Array(found.prefix(32)), maximumTokens: maximumTokens)
    }
}
