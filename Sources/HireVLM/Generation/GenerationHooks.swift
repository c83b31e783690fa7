/// What is called while answers are generated.
public struct GenerationHooks {
    /// Given each new piece of an answer as soon as it is certain; the pieces of an answer, joined, are its text.
    ///
    /// A piece never ends within a character that needs more tokens, nor within what may become a stop string. Beam
    /// search knows its answer only at the end and gives it in one piece. Returning false ends that answer.
    public var onText: ((_ question: Int, _ text: String) throws -> Bool)?
    /// Called once per token, before it is computed; throws to end everything at once (Ctrl-C).
    public var checkInterrupt: () throws -> Void

    /// Hooks; none by default.
    public init(
        onText: ((_ question: Int, _ text: String) throws -> Bool)? = nil,
        checkInterrupt: @escaping () throws -> Void = {}
    ) {
        self.onText = onText
        self.checkInterrupt = checkInterrupt
    }
}
