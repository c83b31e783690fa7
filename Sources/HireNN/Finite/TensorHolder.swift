import HireTensor

/// A value that goes in or out of layers and shows the tensors in it, so that their numbers can be checked.
public protocol TensorHolder {
    /// The tensors, with a name where there is more than one kind; "" for the only or main one.
    func heldTensors() throws -> [(name: String, tensor: Tensor)]
}

extension Tensor: TensorHolder {
    /// The tensor itself.
    public func heldTensors() -> [(name: String, tensor: Tensor)] { [("", self)] }
}

extension Array: TensorHolder where Element == Tensor {
    /// The tensors by number, counted from 1.
    public func heldTensors() -> [(name: String, tensor: Tensor)] {
        enumerated().map { ("\($0 + 1)", $1) }
    }
}
