/// How a text with an image tag becomes ids around the image tokens.
public enum ImageTokenisation: String, Sendable, CaseIterable {
    /// The pieces before and behind the tag are tokenised by themselves, special tokens in front once: LLaVA's own code.
    case split
    /// The tag is a token of the vocabulary and the whole text is tokenised at once: Hugging Face's processors.
    case token
}
