import HireTensor

/// Something that adds to what a linear layer computes, with modules of its own.
public protocol LinearAdapter: AnyObject {
    /// Whether the addition is made.
    var isEnabled: Bool { get set }
    /// Modules that become children of the linear layer, by name.
    var modules: [(name: String, module: any Module)] { get }

    /// What is added to the output for an input [..., in]: [..., out].
    func addition(to input: Tensor) throws -> Tensor
    /// What is added to the weight by merging: [out, in].
    func weightAddition() throws -> Tensor
}
