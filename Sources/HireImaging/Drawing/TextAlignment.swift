/// Where a text stands in relation to the position given for it.
public enum TextAlignment: Sendable {
    /// The position is the left end of the text.
    case left
    /// The position is its middle.
    case centre
    /// The position is its right end.
    case right
}
