import HireNN
import HireTensor

extension FeatureMap: Capturable {
    /// A feature map is captured as [N, C, H, W].
    public func capturedTensor() throws -> Tensor { try map() }

    /// An edit replaces the whole map.
    public func replacing(capturedTensor: Tensor) throws -> FeatureMap {
        try FeatureMap(map: capturedTensor)
    }
}
