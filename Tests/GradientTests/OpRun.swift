import HireArray
import HireTensor
import Testing

/// One operation with one of its examples; a test argument that prints as both names.
struct OpCase: Sendable, CustomTestStringConvertible {
    let op: Op
    let example: OpExample

    var testDescription: String { "\(op.name) (\(example.label))" }

    /// Every example of every operation.
    static let all = OpTable.all.flatMap { op in op.examples.map { OpCase(op: op, example: $0) } }
    /// Those through which gradients flow.
    static let differentiable = all.filter(\.op.isDifferentiable)
}

/// What an example gave: its results, and the gradients of its operands for random cotangents.
struct OpRun {
    let results: [Tensor]
    /// The results through which gradients were sent, with their cotangents, row-major.
    var cotangents: [(result: Int, values: [Double])] = []
    /// Per operand, in memory order; nil where none flows.
    var gradients: [NDArray?] = []

    /// Runs an instance forward and, for each result that allows it, backward with a random cotangent (uniform in
    /// -1..<1, the same for every back-end and dtype).
    init(_ instance: OpInstance, in context: Context, backward: Bool = true) throws {
        let (arguments, leaves) = try instance.arguments(in: context, variables: backward)
        results = try instance.op.apply(arguments)
        guard backward else { return }
        for (index, result) in results.enumerated() {
            let declared = instance.op.results[min(index, instance.op.results.count - 1)]
            guard declared.isDifferentiable, result.requiresGradient else { continue }
            let draws = RandomSource(seed: 11).indexed(index).uniforms(result.count)
            let values = draws.map { Double($0 * 2 - 1) }
            cotangents.append((index, values))
            let cotangent = try context.tensor(values, result.shape).cast(to: result.dtype)
            try result.backward(cotangent, retainGraph: true)
        }
        gradients = leaves.map { $0.gradient?.array }
    }
}
