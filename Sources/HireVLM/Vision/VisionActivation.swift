import HireTensor

/// The functions that vision encoders put between the two layers of their perceptrons, by Hugging Face's `hidden_act`.
public enum VisionActivation: String, Sendable, CaseIterable {
    /// x * sigmoid(1.702 x): OpenAI's CLIP.
    case quickGELU = "quick_gelu"
    /// x * Phi(x): LAION's CLIP, DINOv2.
    case gelu
    /// The tanh approximation: SigLIP.
    case tanhGELU = "gelu_pytorch_tanh"

    /// The function.
    public var kind: GELUKind {
        switch self {
        case .quickGELU: .quick
        case .gelu: .erf
        case .tanhGELU: .tanh
        }
    }
}
