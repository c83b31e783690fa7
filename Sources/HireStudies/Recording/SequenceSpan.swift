import HireVLM

/// Where the picture's tokens stand in what the language model reads.
public struct SequenceSpan: Sendable, Hashable {
    /// Text tokens in front of the picture.
    public var before: Int
    /// The picture's tokens; 0 without a picture.
    public var image: Int
    /// Text tokens behind it.
    public var after: Int

    /// A span from its parts.
    public init(before: Int, image: Int, after: Int) {
        self.before = before
        self.image = image
        self.after = after
    }

    /// The span of a question.
    ///
    /// - Parameter imageTokens: how many tokens the projector makes of a picture.
    public init(_ question: PromptedQuestion, imageTokens: Int) {
        self.init(
            before: question.before.count, image: question.image == nil ? 0 : imageTokens,
            after: question.after.count)
    }

    /// Tokens altogether.
    public var total: Int { before + image + after }
    /// The positions of the picture's tokens, from 0.
    public var imageRange: Range<Int> { before..<(before + image) }
    /// The positions of everything else.
    public var textPositions: [Int] { (0..<total).filter { !imageRange.contains($0) } }
}

/// The spans of all samples that share a recording, as far as they agree.
public struct SequenceGeometry: Sendable, Equatable {
    /// The span of the sample at hand.
    public var span: SequenceSpan
    /// Whether all samples have this very span, so that nothing varies.
    public var isFixed: Bool
    /// Whether the picture's tokens stand at the same place in all samples.
    public var imageIsFixed: Bool

    /// One sample by itself, or one of which nothing else is known.
    public init(_ span: SequenceSpan, isFixed: Bool = true, imageIsFixed: Bool = true) {
        self.span = span
        self.isFixed = isFixed
        self.imageIsFixed = imageIsFixed
    }

    /// Puts a span among those of all samples.
    public static func comparing(_ all: [SequenceSpan]) -> (SequenceSpan) -> SequenceGeometry {
        let isFixed = all.allSatisfy { $0 == all.first }
        let imageIsFixed = all.allSatisfy { $0.imageRange == all.first?.imageRange }
        return { SequenceGeometry($0, isFixed: isFixed, imageIsFixed: imageIsFixed) }
    }
}
