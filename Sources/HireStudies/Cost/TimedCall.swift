import HireArray

/// One primitive op of a real run with its time and memory.
public struct TimedCall: Sendable, Equatable {
    /// The op's name.
    public var name: String
    /// Dotted path of the module that made the call.
    public var modulePath: String
    /// Shapes of the operands.
    public var inputs: [Shape]
    /// Shape of the result.
    public var output: Shape
    /// Multiply-adds.
    public var multiplyAdds: Int
    /// Bytes read and written.
    public var bytes: Int
    /// Whether it belongs to a backward pass.
    public var isBackward: Bool
    /// Seconds from the start of the profile to the end of the call before this one.
    public var start: Double
    /// Seconds from there to the end of this call.
    public var seconds: Double
    /// Bytes that arrays held when it ended.
    public var liveBytes: Int
    /// The most bytes that arrays held since the call before it.
    public var peakBytes: Int
}
