import HireArray

/// One entry of a file: a group, a dataset or a link.
public struct HDF5Node: Sendable, Equatable {
    /// What stands at the path.
    public enum Content: Sendable, Equatable {
        case group
        /// Numbers of a dtype and shape.
        case array(DType, shape: [Int])
        /// Strings of a shape.
        case strings(shape: [Int])
        /// A dataset whose type no array has.
        case other(shape: [Int])
        /// A link to an object in another file, which is not opened by looking at it.
        case link(file: String, object: String)
    }

    /// The absolute path.
    public var path: String
    /// What stands there.
    public var content: Content

    /// An entry from its parts.
    public init(path: String, content: Content) {
        self.path = path
        self.content = content
    }
}
