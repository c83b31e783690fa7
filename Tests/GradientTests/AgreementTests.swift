import HireArray
import HireCPU
import HireReference
import HireTensor
import HireTestSupport
import Testing

/// The fast back-end against the reference, forward and backward.
struct AgreementTests {
    /// In float32: 2e-5 of the largest magnitude in the tensor compared, or of 0.1 where all are smaller (a gradient that
    /// cancels to 0 leaves rounding).
    @Test(arguments: OpCase.all)
    func cpuAgreesWithTheReference(_ test: OpCase) throws {
        let instance = test.example.instance(of: test.op)
        let expected = try OpRun(instance, in: Context(backend: ReferenceBackend()))
        let got = try OpRun(instance, in: Context(backend: CPUBackend()))
        #expect(got.results.count == expected.results.count)
        for (index, pair) in zip(got.results, expected.results).enumerated() {
            try Self.compare(pair.0.array, pair.1.array, "result \(index)")
        }
        for (index, pair) in zip(got.gradients, expected.gradients).enumerated() {
            #expect((pair.0 == nil) == (pair.1 == nil), "gradient \(index)")
            guard let gradient = pair.0, let reference = pair.1 else { continue }
            try Self.compare(gradient, reference, "gradient \(index)")
        }
    }

    private static func compare(_ got: NDArray, _ expected: NDArray, _ label: String) throws {
        #expect(got.dtype == expected.dtype)
        let largest = try expected.doubles().map(abs).max() ?? 0
        try expectClose(got, expected, absolute: 2e-5 * max(largest, 0.1), label)
    }
}
