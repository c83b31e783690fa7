import Foundation
import HireCPU
import HireTensor
import HireTestSupport
import Testing

/// The table of docs/parity.md for enrichers: the worst error of what comes out and of any gradient.
@Suite struct EnricherParityTableTests {
    @Test func theTableIsUpToDate() throws {
        let context = Context(backend: CPUBackend(threads: 2))
        var lines = [
            "## Enrichers", "",
            "Small enrichers of every kind with random weights stored in bfloat16, float16 or float32, made by "
                + "`Tests/Goldens/generate/enrichers.py`, where PyTorch computes in float64. `forward` is the worst of the "
                + "output, W(I), the high-resolution map, pulled against pushed, and running statistics; `gradient` is the "
                + "worst of E(i)'s and every parameter's (accepted: 1e-5 and 1e-4). In float64 on the reference back-end "
                + "the same numbers agree to 1e-7, the rounding of the stored results, and to 1e-11 where they are stored "
                + "in float64.", "",
            "| case | enricher | mode | forward | gradient |", "|---|---|---|--:|--:|",
        ]
        for name in EnricherGolden.names {
            let golden = try EnricherGolden(name)
            let found = try golden.differences(in: context)
            let worst = { (gradients: Bool) in
                found.filter { $0.isGradient == gradients }.map(\.error).max() ?? 0
            }
            lines.append(
                "| \(name) | \(golden.enricher) | \(golden.isTraining ? "training" : "evaluation") | "
                    + "\(shown(worst(false))) | \(shown(worst(true))) |")
        }
        lines += [
            "",
            "At full size (672 px, 24x24x1024) the same comparison is `Tests/Peers/enricher_parity.py`.",
            "",
        ]
        try ParityPage.check(.enrichers, lines.joined(separator: "\n"))
    }

    private func shown(_ error: Double) -> String {
        error == 0 ? "0" : String(format: "%.0e", error)
    }
}
