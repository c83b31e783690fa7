import HireArray

/// The arguments of one example as plain numbers, from which tensors can be made in any context.
public struct OpInstance {
    /// One tensor argument, or one element of a list argument.
    public struct Operand {
        /// What the numbers are.
        public enum Kind: Sendable { case numbers, positions, flags }

        /// The parameter.
        public let parameter: OpParameter
        /// What the numbers are.
        public let kind: Kind
        /// The shape in memory.
        public let shape: Shape
        /// The axes as the operation sees them, if not in order.
        public let permutation: [Int]?
        /// The numbers, row-major in memory.
        public var values: [Double]

        /// Whether a gradient flows to it.
        public var isDifferentiable: Bool { kind == .numbers && parameter.isDifferentiable }
    }

    /// The operation.
    public let op: Op
    /// All tensors, in the order of the arguments.
    public var operands: [Operand] = []
    private var settings: [(name: String, value: OpValue)] = []
    private var lists: Set<String> = []

    init(op: Op) { self.op = op }

    /// Makes the arguments.
    ///
    /// - Parameter variables: whether differentiable operands become leaves that collect gradients.
    /// - Returns: the arguments, and the tensors of all operands in memory order (before any permutation).
    public func arguments(
        in context: Context, variables: Bool
    ) throws -> (arguments: OpArguments, leaves: [Tensor]) {
        var named: [String: OpValue] = [:]
        var leaves: [Tensor] = []
        var collected: [String: [Tensor]] = [:]
        for (name, value) in settings { named[name] = value }
        for operand in operands {
            var leaf: Tensor
            switch operand.kind {
            case .numbers: leaf = try context.tensor(operand.values, operand.shape)
            case .positions:
                leaf = try context.tensor(operand.values.map { Int32($0) }, operand.shape)
            case .flags: leaf = try context.tensor(operand.values.map { $0 != 0 }, operand.shape)
            }
            if variables, operand.isDifferentiable { leaf = .variable(leaf.array, in: context) }
            leaves.append(leaf)
            let seen = try operand.permutation.map { try leaf.permute($0) } ?? leaf
            if lists.contains(operand.parameter.name) {
                collected[operand.parameter.name, default: []].append(seen)
            } else {
                named[operand.parameter.name] = .tensor(seen)
            }
        }
        for (name, tensors) in collected { named[name] = .tensors(tensors) }
        return (try OpArguments(of: op, in: context, named: named), leaves)
    }

    mutating func add(
        _ input: OpInput, to parameter: OpParameter, from source: RandomSource,
        permutation: [Int]? = nil
    ) {
        let append = { (kind: Operand.Kind, shape: Shape, values: [Double]) in
            Operand(
                parameter: parameter, kind: kind, shape: shape, permutation: permutation,
                values: values)
        }
        switch input {
        case .uniform(let shape, let low, let high):
            // Rounded to float32 so that every dtype sees the same numbers.
            let values = source.uniforms(shape.elementCount).map {
                Double(Float(low + (high - low) * Double($0)))
            }
            operands.append(append(.numbers, shape, values))
        case .values(let values, let shape): operands.append(append(.numbers, shape, values))
        case .indices(let shape, let bound):
            let values = (0..<shape.elementCount).map {
                Double(source.integer(below: bound, at: $0))
            }
            operands.append(append(.positions, shape, values))
        case .positions(let values, let shape):
            operands.append(append(.positions, shape, values.map(Double.init)))
        case .flags(let shape):
            let values = source.uniforms(shape.elementCount).map { $0 < 0.5 ? 1.0 : 0.0 }
            operands.append(append(.flags, shape, values))
        case .bools(let values, let shape):
            operands.append(append(.flags, shape, values.map { $0 ? 1 : 0 }))
        case .permuted(let base, let axes):
            add(base, to: parameter, from: source, permutation: axes)
        case .list(let inputs):
            lists.insert(parameter.name)
            for (index, input) in inputs.enumerated() {
                add(input, to: parameter, from: source.indexed(index))
            }
        case .integer(let value): settings.append((parameter.name, .integer(value)))
        case .integers(let value): settings.append((parameter.name, .integers(value)))
        case .number(let value): settings.append((parameter.name, .number(value)))
        case .flag(let value): settings.append((parameter.name, .flag(value)))
        case .choice(let value): settings.append((parameter.name, .choice(value)))
        }
    }
}
