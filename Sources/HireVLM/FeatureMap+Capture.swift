import HireNN
import HireTensor

extension FeatureMap: Capturable {
    /// A feature map is captured as [N, C, H, W]: the grid's features alone.
    public func capturedTensor() throws -> Tensor { try map() }

    /// An edit replaces the whole map; prefix and suffix tokens stay.
    ///
    /// - Throws: `ArrayError.shape` if they do not fit the new map's batch and channels.
    public func replacing(capturedTensor: Tensor) throws -> FeatureMap {
        let map = try FeatureMap(map: capturedTensor)
        if prefix == nil, suffix == nil { return map }
        return try FeatureMap(
            tokens: map.tokens(), grid: map.grid, prefix: prefix, suffix: suffix)
    }
}

extension FeatureMap: TensorHolder {
    /// The map [N, C, H, W], and the prefix tokens if there are any.
    public func heldTensors() throws -> [(name: String, tensor: Tensor)] {
        [("", try map())] + (prefix.map { [("prefix", $0)] } ?? [])
    }
}
