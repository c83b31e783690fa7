/// What one axis of a dataset means.
public struct HDF5Axis: Sendable, Hashable, ExpressibleByStringLiteral {
    /// The label stored with the dataset, such as `sample`, `token`, `row`, `col`, `channel`, `head` or `layer`.
    public var label: String
    /// The path of the dimension scale to attach, which must have been written; nil for none.
    public var scale: String?

    /// An axis with a label and, if given, a scale.
    public init(_ label: String, scale: String? = nil) {
        self.label = label
        self.scale = scale
    }

    /// An axis with a label only.
    public init(stringLiteral value: String) { self.init(value) }
}
