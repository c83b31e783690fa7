import HireFiles

/// What came out of an item.
public struct ItemResult: Sendable, Equatable {
    /// What the item determines: equal whenever, wherever and however often it is computed.
    public var metrics: JSONObject
    /// What the machine determines, which is never part of a digest: seconds, bytes of memory.
    public var measured: JSONObject
    /// The files it wrote, relative to the run's folder.
    ///
    /// A name whose last part begins with `measured` holds what the machine determines; everything else is content.
    public var files: [String]
    /// SHA-256 of files by name, as far as whoever wrote them knows it already; the others are read again.
    public var digests: [String: String] = [:]

    /// A result from its parts.
    public init(
        metrics: JSONObject = JSONObject(), measured: JSONObject = JSONObject(),
        files: [String] = []
    ) {
        self.metrics = metrics
        self.measured = measured
        self.files = files
    }
}
