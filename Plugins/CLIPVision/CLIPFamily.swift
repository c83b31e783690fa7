import HireNN
import HireVLM

/// What distinguishes CLIP's vision tower from SigLIP's; the blocks are the same.
enum CLIPFamily: String, Sendable {
    case clip
    case siglip

    /// The named sets of numbers.
    var variants: KeyValuePairs<String, CLIPVariant> {
        switch self {
        case .clip: CLIPVariant.clip
        case .siglip: CLIPVariant.siglip
        }
    }

    /// A class token in front of the patches, which then have no bias, and a norm before the first block.
    var hasClassToken: Bool { self == .clip }

    /// The initial distributions of HF's `_init_weights`.
    func initializers(_ numbers: CLIPVariant) -> VisionInitializers {
        let width = Double(numbers.hiddenSize)
        var initializers = VisionInitializers()
        switch self {
        case .clip:
            let depth = (2 * Double(numbers.layers)).squareRoot()
            let inner = Initializer.normal(deviation: 1 / (width.squareRoot() * depth))
            initializers.attention = inner
            initializers.attentionOutput = .normal(deviation: 1 / width.squareRoot())
            initializers.first = .normal(deviation: 1 / (2 * width).squareRoot())
            initializers.second = inner
            initializers.bias = .zeros
        case .siglip:
            let (size, hidden) = (numbers.hiddenSize, numbers.intermediateSize)
            initializers.attention = .xavierUniform(fanIn: size, fanOut: size)
            initializers.attentionOutput = initializers.attention
            initializers.first = .xavierUniform(fanIn: size, fanOut: hidden)
            initializers.second = .xavierUniform(fanIn: hidden, fanOut: size)
            initializers.bias = .normal(deviation: 1e-6)
        }
        return initializers
    }
}
