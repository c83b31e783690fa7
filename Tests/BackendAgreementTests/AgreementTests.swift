import HireCPU
import HireReference
import Testing

/// The CPU back-end against the reference back-end, element by element, on fixed seeds.
@Suite struct AgreementTests {
    /// One thread, and a number that divides no shape here evenly; test cases share them concurrently.
    private static let backends = [CPUBackend(threads: 1), CPUBackend(threads: 3)]

    private func check(_ agreement: AgreementCase) throws {
        try agreement.check(Self.backends, against: ReferenceBackend())
    }

    @Test(arguments: elementwiseCases)
    func elementwise(_ agreement: AgreementCase) throws { try check(agreement) }

    @Test(arguments: copyCases)
    func copying(_ agreement: AgreementCase) throws { try check(agreement) }

    @Test(arguments: reductionCases)
    func reductions(_ agreement: AgreementCase) throws { try check(agreement) }

    @Test(arguments: matmulCases)
    func matmul(_ agreement: AgreementCase) throws { try check(agreement) }

    @Test(arguments: convolutionCases)
    func convolution(_ agreement: AgreementCase) throws { try check(agreement) }

    @Test(arguments: mapCases)
    func poolingResamplingAndPadding(_ agreement: AgreementCase) throws { try check(agreement) }

    @Test(arguments: normalizationCases)
    func normalization(_ agreement: AgreementCase) throws { try check(agreement) }

    @Test(arguments: indexingCases)
    func indexing(_ agreement: AgreementCase) throws { try check(agreement) }

    @Test(arguments: transformerCases)
    func transformer(_ agreement: AgreementCase) throws { try check(agreement) }

    @Test(arguments: enrichmentCases)
    func enrichment(_ agreement: AgreementCase) throws { try check(agreement) }

    @Test(arguments: randomAndOptimizerCases)
    func randomNumbersAndOptimizers(_ agreement: AgreementCase) throws { try check(agreement) }
}
