/// A file that a `FileSystem` has opened; whoever opened it closes it, once.
public struct OpenFile: Sendable, Hashable {
    /// The system's descriptor.
    public let descriptor: Int32
    /// The path it was opened by, for messages.
    public let path: String

    /// Wraps a descriptor.
    public init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }
}
