import HireNN
import HireTensor

/// What a block is given: tokens [N, T, width], the angles of their positions, and the cache if there is one.
struct DecoderInput {
    /// [N, T, width].
    var embeddings: Tensor
    /// [T, head width / 2].
    let cosines: Tensor
    /// [T, head width / 2].
    let sines: Tensor
    /// Positions seen before these.
    let cache: KeyValueCache?

    /// The same positions with other tokens.
    func with(_ embeddings: Tensor) -> DecoderInput {
        var copy = self
        copy.embeddings = embeddings
        return copy
    }
}

extension DecoderInput: TensorHolder {
    func heldTensors() -> [(name: String, tensor: Tensor)] { [("", embeddings)] }
}
