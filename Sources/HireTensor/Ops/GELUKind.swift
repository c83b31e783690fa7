/// The three functions that are called GELU.
public enum GELUKind: String, Sendable, CaseIterable {
    /// x * Phi(x), `F.gelu(x)`.
    case erf
    /// The tanh approximation, `F.gelu(x, approximate="tanh")`.
    case tanh
    /// x * sigmoid(1.702 x), OpenAI's CLIP.
    case quick
}
