import HireNN
import HireTensor

extension FeatureMap: Capturable {
    /// A feature map is captured as [N, C, H, W].
    public func capturedTensor() throws -> Tensor { try map() }

    /// An edit replaces the whole map; prefix tokens stay.
    public func replacing(capturedTensor: Tensor) throws -> FeatureMap {
        let map = try FeatureMap(map: capturedTensor)
        guard let prefix else { return map }
        return try FeatureMap(tokens: map.tokens(), grid: map.grid, prefix: prefix)
    }
}

extension FeatureMap: TensorHolder {
    /// The map [N, C, H, W], and the prefix tokens if there are any.
    public func heldTensors() throws -> [(name: String, tensor: Tensor)] {
        [("", try map())] + (prefix.map { [("prefix", $0)] } ?? [])
    }
}
