/// One question of a conversation and, once it was given, its answer.
public struct ConversationTurn: Sendable, Equatable {
    /// What is asked, as the user typed it.
    public var question: String
    /// What was answered; nil while the answer is wanted.
    public var answer: String?

    /// A turn.
    public init(_ question: String, answer: String? = nil) {
        self.question = question
        self.answer = answer
    }
}
