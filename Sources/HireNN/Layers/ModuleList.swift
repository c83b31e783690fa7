/// Modules of one kind named "0", "1", …: `nn.ModuleList`.
public final class ModuleList<Element: Module>: Module, RandomAccessCollection {
    /// The names of this module's parts.
    public let scope = ModuleScope()
    private let elements: [Element]

    /// A list of modules in order.
    public init(_ elements: [Element]) {
        self.elements = elements
        for (index, element) in elements.enumerated() { scope.child("\(index)", element) }
    }

    /// The first place.
    public var startIndex: Int { 0 }
    /// The place after the last.
    public var endIndex: Int { elements.count }
    /// The module at a place.
    public subscript(index: Int) -> Element { elements[index] }
}
