import HireArray
import HireReference
import HireTensor
import Testing

/// Every derivative against central differences, in float64 on the reference back-end.
struct FiniteDifferenceTests {
    /// Steps of 1e-5 leave truncation and rounding errors near 1e-10 on these inputs; a gradient may be off by 1e-6 of
    /// the largest one of its operand, or of 1 where all are smaller.
    @Test(arguments: OpCase.differentiable)
    func backwardAgreesWithFiniteDifferences(_ test: OpCase) throws {
        let step = 1e-5
        let tolerance = 1e-6
        let context = Context(backend: ReferenceBackend(), dtype: .float64)
        var instance = test.example.instance(of: test.op)
        let run = try OpRun(instance, in: context)
        // Narrower results (a cast) move in jumps, which no difference quotient sees.
        let checked = run.cotangents.filter { run.results[$0.result].dtype == .float64 }
        guard checked.count == run.cotangents.count else { return }

        for position in instance.operands.indices where instance.operands[position].isDifferentiable
        {
            // An operand without a gradient must have no influence (for example, an unused result).
            let backward =
                try run.gradients[position]?.doubles()
                ?? [Double](repeating: 0, count: instance.operands[position].values.count)
            let largest = max(1, backward.map(abs).max() ?? 0)
            for element in backward.indices {
                let original = instance.operands[position].values[element]
                var values: [Double] = []
                for direction in [1.0, -1.0] {
                    instance.operands[position].values[element] = original + direction * step
                    values.append(try Self.objective(instance, context, checked))
                }
                instance.operands[position].values[element] = original
                let difference = (values[0] - values[1]) / (2 * step)
                #expect(
                    abs(difference - backward[element]) <= tolerance * largest,
                    "operand \(position), element \(element): \(backward[element]), expected \(difference)"
                )
            }
        }
    }

    /// Every differentiable operation must be checked at least once, with a gradient that is not all zero unless the
    /// function is flat.
    @Test(arguments: OpTable.all.filter(\.isDifferentiable).map(\.name))
    func someExampleSendsAGradient(_ name: String) throws {
        let op = try #require(OpTable.op(named: name))
        let context = Context(backend: ReferenceBackend(), dtype: .float64)
        let sends = try op.examples.contains { example in
            let run = try OpRun(example.instance(of: op), in: context)
            return try run.gradients.contains { try $0?.doubles().contains { $0 != 0 } ?? false }
        }
        #expect(sends != ["sign", "floor", "ceil", "round"].contains(name))
    }

    private static func objective(
        _ instance: OpInstance, _ context: Context, _ cotangents: [(result: Int, values: [Double])]
    ) throws -> Double {
        let results = try OpRun(instance, in: context, backward: false).results
        return try cotangents.reduce(0) { total, cotangent in
            let values = try results[cotangent.result].array.doubles()
            return total + zip(values, cotangent.values).reduce(0) { $0 + $1.0 * $1.1 }
        }
    }
}
