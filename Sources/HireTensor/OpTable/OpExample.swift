import HireArray

/// Small inputs of an operation, by parameter name; what is not named keeps its default.
public struct OpExample: Sendable {
    /// What is special about it.
    public let label: String
    /// The arguments.
    public let inputs: [(name: String, input: OpInput)]

    /// An example.
    public init(_ label: String, _ inputs: [(name: String, input: OpInput)]) {
        self.label = label
        self.inputs = inputs
    }

    /// The arguments as numbers, which a test may change before it makes tensors of them.
    ///
    /// - Parameter seed: another seed gives other random numbers of the same shapes.
    public func instance(of op: Op, seed: UInt64 = 1) -> OpInstance {
        let source = RandomSource(seed: seed).named(op.name).named(label)
        var instance = OpInstance(op: op)
        for (name, input) in inputs {
            guard let parameter = op.parameters.first(where: { $0.name == name }) else {
                preconditionFailure("The operation \(op.name) has no parameter \(name).")
            }
            instance.add(input, to: parameter, from: source.named(name))
        }
        return instance
    }
}
