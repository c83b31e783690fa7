import HireArray
import HireFiles

/// What of a point is kept, and how it is stored; everything is applied as the point is reached.
public struct CaptureOptions: Sendable, Equatable {
    /// Positions along the token axis; along the keys, where the point is attention.
    public var tokens = CaptureTokens.all
    /// Positions along the queries of attention.
    public var queries = CaptureTokens.all
    /// Heads of attention, counted from 0; nil is all.
    public var heads: [Int]?
    /// Channels, counted from 0; nil is all.
    public var channels: [Int]?
    /// Takes every so many-th sample of a recording, the first among them.
    public var every = 1
    /// What is kept instead of the numbers.
    public var reduction: CaptureReduction?
    /// float32, float16 or bfloat16; nil stores as computed.
    public var dtype: DType?

    /// Keeps everything.
    public init() {}

    /// Whether everything is kept as it is.
    public var isPlain: Bool { self == CaptureOptions() }

    /// What determines the stored numbers.
    public func json() -> JSONObject {
        var object = JSONObject()
        if tokens != .all { object["tokens"] = tokens.json }
        if queries != .all { object["queries"] = queries.json }
        for (key, list) in [("heads", heads), ("channels", channels)] {
            if let list { object[key] = .array(list.map { .integer(Int64($0)) }) }
        }
        if every != 1 { object["every"] = .integer(Int64(every)) }
        if let reduction { object["reduce"] = reduction.json }
        if let dtype { object["dtype"] = .string(dtype.shortName) }
        return object
    }
}
