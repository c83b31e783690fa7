import HireTensor

/// A layer's output that captures can look into and edits can replace.
public protocol Capturable {
    /// Whether this value holds a tensor at all; values of dynamic type may not.
    var holdsTensor: Bool { get }
    /// The tensor that captures see.
    func capturedTensor() throws -> Tensor
    /// The same value with another tensor in it, for edits.
    func replacing(capturedTensor: Tensor) throws -> Self
}

extension Capturable {
    /// Yes, unless a type says otherwise.
    public var holdsTensor: Bool { true }
}

extension Tensor: Capturable {
    /// A tensor is captured as it is.
    public func capturedTensor() -> Tensor { self }

    /// An edit replaces it.
    public func replacing(capturedTensor: Tensor) -> Tensor { capturedTensor }
}
