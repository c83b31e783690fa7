import HireArray
import HireCPU
import HireNN
import HireReference
import HireTensor
import HireTestSupport
import Testing

/// Reads golden files.
let reader = ReferenceBackend()

/// Every operation with a PyTorch counterpart against PyTorch's own numbers, whole, element by element.
struct OpGoldenTests {
    /// Which back-end computes.
    enum Computer: String, CaseIterable, Sendable {
        case reference, cpu

        func make() -> any Backend {
            switch self {
            case .reference: ReferenceBackend()
            case .cpu: CPUBackend()
            }
        }
    }

    /// Results and gradients may be off by 1e-5 of the largest magnitude in the tensor they are compared with.
    @Test(arguments: try GoldenCase.all(), Computer.allCases)
    func resultsAndGradientsArePyTorchs(_ test: GoldenCase, _ computer: Computer) throws {
        let file = try SafetensorsFile.read(test.path, backend: reader)
        let record = test.record
        let op = try #require(OpTable.op(named: record.op))
        let context = Context(backend: computer.make())
        var leaves: [(key: String, tensor: Tensor)] = []
        var named = record.settings.mapValues(\.value)

        func operand(_ key: String, _ parameter: String) throws -> Tensor {
            let array = try file.tensor("\(record.name)/in/\(key)")
            let values = try array.doubles()
            switch array.dtype {
            case .int32: return try context.tensor(values.map { Int32($0) }, array.shape)
            case .uint8: return try context.tensor(values.map { $0 != 0 }, array.shape)
            default:
                let tensor = Tensor.variable(
                    try context.tensor(values, array.shape).array, in: context)
                if file.shape(of: "\(record.name)/gradient/\(key)") != nil {
                    leaves.append((key, tensor))
                }
                return tensor
            }
        }
        for parameter in record.tensors {
            named[parameter] = .tensor(try operand(parameter, parameter))
        }
        for (parameter, count) in record.lists {
            named[parameter] = .tensors(
                try (0..<count).map { try operand("\(parameter)/\($0)", parameter) })
        }

        let results = try op.apply(OpArguments(of: op, in: context, named: named))
        #expect(results.count == record.results)
        for (index, result) in results.enumerated() {
            let expected = try file.tensor("\(record.name)/out/\(index)")
            try Self.compare(result.array, expected, "\(test.record.name) result \(index)")
            let upstream = "\(record.name)/up/\(index)"
            guard file.shape(of: upstream) != nil else { continue }
            let gradient = try file.tensor(upstream)
            try result.backward(
                context.tensor(gradient.doubles(), gradient.shape), retainGraph: true)
        }
        for (key, leaf) in leaves {
            let expected = try file.tensor("\(record.name)/gradient/\(key)")
            let got = try leaf.gradient?.array ?? context.zeros(leaf.shape).array
            try Self.compare(got, expected, "\(test.record.name) gradient of \(key)")
        }
    }

    @Test func everyOperationWithACounterpartHasACase() throws {
        let covered = Set(try GoldenCase.all().map(\.record.op))
        for op in OpTable.all where op.counterpart != nil {
            #expect(covered.contains(op.name), "\(op.name) has no golden case.")
        }
    }

    private static func compare(_ got: NDArray, _ expected: NDArray, _ label: String) throws {
        let largest = try expected.doubles().map(abs).max() ?? 0
        try expectClose(got, expected, absolute: 1e-5 * largest, label)
    }
}
