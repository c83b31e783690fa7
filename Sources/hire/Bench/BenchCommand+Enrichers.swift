import ArgumentParser
import Foundation
import HireFiles

extension BenchCommand {
    /// `hire bench enrichers`: a row per enricher of the catalogue.
    func runEnrichers(_ chosen: [String], threads: Int) throws {
        guard resolution >= 64, width > 0 else {
            throw ValidationError("--resolution must be at least 64 and --width positive.")
        }
        let state = try ScriptOptions.parse([
            "--threads", "\(threads)", "--determinism", determinism.rawValue,
        ]).makeState(
            folder: "runs/bench")
        defer { state.close() }
        let benchmark = EnricherBenchmark(
            catalog: state.host.catalog, context: state.host.context, resolution: resolution,
            width: width, seconds: seconds)
        for name in chosen where !benchmark.names.contains(name) {
            throw ValidationError(
                NearestNames.sentence(kind: "enricher", name: name, among: benchmark.names))
        }
        let gemm = try gemmRate(threads: threads)
        if !json {
            Swift.print(
                """
                One picture of \(resolution) px, E(i) [1, 576, \(width)] drawn, \(threads) threads; \
                gemm: \(String(format: "%.1f", gemm)) GMAC/s.
                Seconds are medians; peak bytes are above what was held before. Enrichers that look again are shown drawn
                features; the encoder's real cost is in the rows `encoder` and `encoder+...`.
                """)
            Swift.print(Self.heading)
        }
        var rows: [EnricherMeasurement] = []
        var encoder: Double?
        var skipped: [JSONValue] = []
        try benchmark.run(chosen) { row in
            if row.name == EnricherBenchmark.encoder { encoder = row.forward }
            if !json { Swift.print(Self.line(row, gemm: gemm, encoder: encoder)) }
            Machine.flush()
            rows.append(row)
        } skip: { id, reason in
            if !json { Swift.print(Self.padded(id) + "  not measured: " + reason) }
            skipped.append(["name": .string(id), "reason": .string(reason)])
        }
        guard json else { return }
        let report: JSONValue = [
            "resolution": .integer(Int64(resolution)), "width": .integer(Int64(width)),
            "threads": .integer(Int64(threads)), "gemm_gmacs_per_second": .number(gemm),
            "rows": .array(rows.map { $0.json(gemm: gemm, encoder: encoder) }),
            "skipped": .array(skipped),
        ]
        Swift.print(try JSONWriter().string(report))
    }

    /// GMAC/s of a large product, against which the parts are held.
    private func gemmRate(threads: Int) throws -> Double {
        guard let gemm = Benchmark.kernels.first(where: { $0.name == "gemm" }) else {
            preconditionFailure("There is a benchmark called gemm.")
        }
        let host = BenchmarkHost(
            context: Machine.context(seed: 1, threads: threads), threads: threads)
        let result = try BenchmarkRunner(seconds: min(seconds, 1)).run(gemm, host)
        return result.gigaRate ?? .nan
    }

    private static let columns = [
        "forward s", "of encoder", "+backward s", "peak MB", "+backward MB", "parameters", "GMAC",
        "channels",
        "tokens", "looks", "GMAC/s", "of gemm",
    ]

    private static var heading: String {
        padded("enricher") + columns.map { right($0) }.joined()
    }

    private static func line(
        _ row: EnricherMeasurement, gemm: Double, encoder: Double?
    ) -> String {
        let cells: [String?] = [
            row.forward.map { String(format: "%.4f", $0) },
            row.ratio(to: encoder).map { String(format: "%.3f", $0) },
            row.training.map { String(format: "%.4f", $0) },
            row.forwardPeak.map { String(format: "%.1f", Double($0) / 1e6) },
            row.trainingPeak.map { String(format: "%.1f", Double($0) / 1e6) },
            row.parameters.map(String.init),
            String(format: "%.3f", Double(row.multiplyAdds) / 1e9), row.channels.map(String.init),
            row.tokens.map(String.init), row.looks.map(String.init),
            row.gigaRate.map { String(format: "%.1f", $0) },
            row.gigaRate.map { String(format: "%.0f %%", $0 / gemm * 100) },
        ]
        return padded(row.name) + cells.map { right($0 ?? "-") }.joined()
    }

    static func padded(_ text: String) -> String {
        text.padding(toLength: max(32, text.count), withPad: " ", startingAt: 0)
    }

    private static func right(_ text: String) -> String {
        String(repeating: " ", count: max(1, 13 - text.count)) + text
    }
}
