import HireTensor

/// An enricher whose upsampling is linear in the features once the picture is fixed.
///
/// It can therefore be used in two forms that agree to rounding: *pulled*, as a matrix W(I) of pooled tokens by
/// source tokens (training, inference), and *pushed*, as the high-resolution map itself (pictures, dumps).
public protocol LinearUpsampler: Enricher {
    /// W(I): [N, pooled tokens, source tokens].
    func pooledOperator(_ input: EnricherInput) throws -> Tensor
    /// J(U(I), E(i)): the map before pooling, at the finest stage's grid, with `finished` applied.
    func highResolution(_ input: EnricherInput) throws -> FeatureMap
    /// What is done at every position after upsampling; nothing by default.
    ///
    /// It mixes the channels of one position, affinely and the same way everywhere (FeatUp's last 1x1 convolution), and so
    /// commutes with average pooling: the pulled form applies it to the pooled map.
    func finished(_ map: FeatureMap) throws -> FeatureMap
    /// J(U(I), ·) as an operator that makes any region for any channels with bounded memory; nil where channels are
    /// not upsampled alike.
    func pushedOperator(_ input: EnricherInput) throws -> PushedOperator?
}

extension LinearUpsampler {
    /// Features leave the upsampler as they are.
    public func finished(_ map: FeatureMap) throws -> FeatureMap { map }

    /// pool(J(U(I), E(i))) in the pulled form: W(I) E(i), finished.
    public func pooledFeatures(_ input: EnricherInput) throws -> FeatureMap {
        try finished(input.base.applying(pooledOperator(input), onto: outputGrid))
    }

    /// [E(i), pool(J(U(I), E(i)))]: the base features beside the pooled enriched ones (the paper's equation 4).
    public func forward(_ input: EnricherInput) throws -> FeatureMap {
        try input.base.concatenated(with: pooledFeatures(input))
    }
}
