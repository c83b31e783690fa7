import HireArray

/// The arguments of one call of an operation, by the names of its parameters.
public struct OpArguments {
    /// The operation's name, for messages.
    public let operation: String
    /// Where new tensors are made.
    public let context: Context
    private let parameters: [OpParameter]
    private var values: [OpValue]

    /// Arguments in the order of the parameters; missing ones at the end, and `absent` ones, get their defaults.
    ///
    /// - Throws: `ArrayError.argument` for a required parameter without a value, too many values, or a name that a
    ///   choice does not have.
    public init(of op: Op, in context: Context, _ given: [OpValue]) throws {
        self.operation = op.name
        self.context = context
        self.parameters = op.parameters
        self.values = given
        guard given.count <= op.parameters.count else {
            throw ArrayError.argument(
                operation: op.name, name: "the number of arguments",
                expected: "at most \(op.parameters.count)", got: "\(given.count)")
        }
        values.reserveCapacity(parameters.count)
        for position in parameters.indices {
            if position == values.count { values.append(.absent) }
            if case .absent = values[position] {
                guard let value = parameters[position].defaultValue else {
                    throw wrong(position, .absent)
                }
                values[position] = value.value
            }
        }
    }

    /// Arguments by name, in any order.
    ///
    /// - Throws: as above, and for a name that the operation does not know.
    public init(of op: Op, in context: Context, named given: [String: OpValue]) throws {
        for name in given.keys where !op.parameters.contains(where: { $0.name == name }) {
            throw ArrayError.argument(
                operation: op.name, name: "an argument's name",
                expected: "one of \(op.parameters.map(\.name).joined(separator: ", "))", got: name)
        }
        try self.init(of: op, in: context, op.parameters.map { given[$0.name] ?? .absent })
    }

    /// Whether an argument was left out and has no default.
    public func isAbsent(_ name: String) -> Bool {
        if case .absent = argument(name).1 { return true }
        return false
    }

    /// A tensor.
    public func tensor(_ name: String) throws -> Tensor {
        let (position, value) = argument(name)
        guard case .tensor(let tensor) = value else { throw wrong(position, value) }
        return tensor
    }

    /// A tensor or nil.
    public func optionalTensor(_ name: String) throws -> Tensor? {
        let (position, value) = argument(name)
        switch value {
        case .absent: return nil
        case .tensor(let tensor): return tensor
        default: throw wrong(position, value)
        }
    }

    /// Several tensors.
    public func tensors(_ name: String) throws -> [Tensor] {
        let (position, value) = argument(name)
        guard case .tensors(let tensors) = value else { throw wrong(position, value) }
        return tensors
    }

    /// A tensor or a number.
    public func operand(_ name: String) throws -> OpOperand {
        let (position, value) = argument(name)
        switch value {
        case .tensor(let tensor): return .tensor(tensor)
        case .number(let number): return .number(number)
        case .integer(let number): return .number(Double(number))
        default: throw wrong(position, value)
        }
    }

    /// A whole number.
    public func integer(_ name: String) throws -> Int {
        let (position, value) = argument(name)
        guard let result = whole(value) else { throw wrong(position, value) }
        return result
    }

    /// A whole number or nil.
    public func optionalInteger(_ name: String) throws -> Int? {
        let (_, value) = argument(name)
        if case .absent = value { return nil }
        return try integer(name)
    }

    /// Several whole numbers; one stands for a list of one.
    public func integers(_ name: String) throws -> [Int] {
        let (position, value) = argument(name)
        if case .integers(let values) = value { return values }
        guard let single = whole(value) else { throw wrong(position, value) }
        return [single]
    }

    /// Several whole numbers or nil.
    public func optionalIntegers(_ name: String) throws -> [Int]? {
        let (_, value) = argument(name)
        if case .absent = value { return nil }
        return try integers(name)
    }

    /// Two whole numbers; one stands for both.
    public func pair(_ name: String) throws -> SIMD2<Int> {
        let (position, value) = argument(name)
        if case .integers(let values) = value {
            guard values.count == 2 else { throw wrong(position, value) }
            return SIMD2(values[0], values[1])
        }
        guard let single = whole(value) else { throw wrong(position, value) }
        return SIMD2(repeating: single)
    }

    /// Two whole numbers or nil.
    public func optionalPair(_ name: String) throws -> SIMD2<Int>? {
        let (_, value) = argument(name)
        if case .absent = value { return nil }
        return try pair(name)
    }

    /// A number.
    public func number(_ name: String) throws -> Double {
        let (position, value) = argument(name)
        switch value {
        case .number(let number): return number
        case .integer(let number): return Double(number)
        default: throw wrong(position, value)
        }
    }

    /// A number or nil.
    public func optionalNumber(_ name: String) throws -> Double? {
        let (_, value) = argument(name)
        if case .absent = value { return nil }
        return try number(name)
    }

    /// True or false.
    public func flag(_ name: String) throws -> Bool {
        let (position, value) = argument(name)
        guard case .flag(let flag) = value else { throw wrong(position, value) }
        return flag
    }

    /// One of a type's named cases.
    public func choice<T: RawRepresentable<String>>(_ name: String, as type: T.Type) throws -> T {
        let (position, value) = argument(name)
        guard case .choice(let text) = value, let result = T(rawValue: text) else {
            throw wrong(position, value)
        }
        return result
    }

    /// The random stream for a `seed` parameter; left out, it is the context's next one of that name.
    public func randomSource(_ name: String, stream: String) throws -> RandomSource {
        guard let seed = try optionalInteger(name) else { return context.stream(stream) }
        return RandomSource(seed: UInt64(bitPattern: Int64(seed)))
    }

    private func argument(_ name: String) -> (position: Int, value: OpValue) {
        for position in parameters.indices where parameters[position].name == name {
            return (position, values[position])
        }
        preconditionFailure("The operation \(operation) has no parameter \(name).")
    }

    private func whole(_ value: OpValue) -> Int? {
        switch value {
        case .integer(let number): number
        case .number(let number): Int(exactly: number)
        default: nil
        }
    }

    private func wrong(_ position: Int, _ value: OpValue) -> ArrayError {
        .argument(
            operation: operation, name: parameters[position].name,
            expected: parameters[position].kind.phrase,
            got: value.typeName)
    }
}

/// A tensor or a number.
public enum OpOperand {
    case tensor(Tensor)
    case number(Double)
}

extension OpParameterKind {
    /// What messages say a parameter must be.
    public var phrase: String {
        switch self {
        case .tensor: "a tensor"
        case .optionalTensor: "a tensor or nothing"
        case .operand: "a tensor or a number"
        case .tensorList: "a list of tensors"
        case .indexTensor: "an i32 tensor of positions"
        case .flagTensor: "a bool tensor"
        case .integer: "a whole number"
        case .integers: "whole numbers"
        case .pair: "one or two whole numbers"
        case .number: "a number"
        case .flag: "true or false"
        case .choice(let names): "one of " + names.joined(separator: ", ")
        case .dimension: "a dimension"
        case .dimensions: "dimensions"
        case .index, .end: "a position"
        case .shape: "a shape"
        }
    }
}
