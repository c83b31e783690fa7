import HireArray
import HireCPU
import HireReference
import HireTensor
import HireTestSupport
import Testing

/// Whole enrichers against PyTorch: weights by name, outputs, W(I), the pushed map, statistics, every gradient.
///
/// Errors are max |ours - PyTorch's| / max |PyTorch's| of each tensor.
@Suite struct EnricherGoldenTests {
    @Test func theCasesAreThere() throws {
        #expect(EnricherGolden.names.count >= 11)
        let types = try EnricherGolden.names.map { try EnricherGolden($0).weightTypes }
        #expect(types.reduce([]) { $0.union($1) } == [.bfloat16, .float16, .float32])
    }

    /// What users run: float32 on the processor.
    @Test(arguments: EnricherGolden.names) func numbersArePyTorchs(_ name: String) throws {
        let golden = try EnricherGolden(name)
        let context = Context(backend: CPUBackend(threads: 2))
        for difference in try golden.differences(in: context) {
            let allowed = difference.isGradient ? 1e-4 : 1e-5
            #expect(
                difference.error <= allowed, "\(name): \(difference.what)")
        }
    }

    /// The definition itself: float64 on the reference back-end, to the rounding of the stored results.
    @Test(arguments: EnricherGolden.names) func definitionsArePyTorchs(_ name: String) throws {
        let golden = try EnricherGolden(name)
        let context = Context(backend: ReferenceBackend(), dtype: .float64)
        for difference in try golden.differences(in: context) {
            let allowed = golden.isPrecise ? 1e-11 : 1e-7
            #expect(
                difference.error <= allowed, "\(name): \(difference.what)")
        }
    }
}
