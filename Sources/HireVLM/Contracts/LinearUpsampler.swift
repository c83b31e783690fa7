import HireTensor

/// An enricher whose upsampling is linear in the features once the picture is fixed.
///
/// It can therefore be used in two forms that agree to rounding: *pulled*, as a matrix W(I) of pooled tokens by
/// source tokens (training, inference), and *pushed*, as the high-resolution map itself (pictures, dumps).
public protocol LinearUpsampler: Enricher {
    /// W(I): [N, pooled tokens, source tokens].
    func pooledOperator(_ input: EnricherInput) throws -> Tensor
    /// J(U(I), E(i)): the map before pooling, at the finest stage's grid.
    func highResolution(_ input: EnricherInput) throws -> FeatureMap
    /// J(U(I), ·) as an operator that makes any region for any channels with bounded memory; nil where channels are
    /// not upsampled alike.
    func pushedOperator(_ input: EnricherInput) throws -> PushedOperator?
}

extension LinearUpsampler {
    /// [E(i), W(I) E(i)]: the base features beside the pooled enriched ones (the paper's equation 4).
    public func forward(_ input: EnricherInput) throws -> FeatureMap {
        try input.base.concatenated(
            with: input.base.applying(pooledOperator(input), onto: outputGrid))
    }
}
