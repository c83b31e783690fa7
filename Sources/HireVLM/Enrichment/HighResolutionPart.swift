/// Which part of a high-resolution map is wanted: a region, some channels, or some directions of feature space.
public struct HighResolutionPart {
    /// The rectangle of the fine grid; nil for all of it.
    public var region: MapRegion?
    /// The channels in their new order, from 0; nil for all.
    public var channels: [Int]?
    /// Directions that take the channels' place; nil for none.
    public var projection: FeatureProjection?

    /// A part; everything by default.
    public init(
        region: MapRegion? = nil, channels: [Int]? = nil, projection: FeatureProjection? = nil
    ) {
        self.region = region
        self.channels = channels
        self.projection = projection
    }
}
