import ArgumentParser
import Foundation
import HireFiles
import HireTensor

/// `hire bench`: measures speed; Tests/Peers measures the same work in PyTorch.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure the speed of kernels, enrichers and training steps.",
        discussion: """
            EXAMPLES
              hire bench
              hire bench gemm conv2d --threads 1
              hire bench --json > bench.json
              hire bench enrichers --resolution 1008
              hire bench enrichers hire s2 encoder
              hire bench capture --folder /data

            With `enrichers` in front, every enricher is measured whole (or those named behind it): seconds, peak memory, cost
            and parts, beside the encoder.
            """)

    @Argument(
        help: "Benchmarks to run, all of them if none is named; or `enrichers` and their names.")
    var names: [String] = []

    @Option(help: "Threads for kernels (default: all cores).")
    var threads: Int?

    @Option(help: "What results may depend on: fast, repeatable or invariant.")
    var determinism = Determinism.repeatable

    @Option(help: "Seconds of measuring per benchmark.")
    var seconds = 1.5

    @Option(help: "With `enrichers`: side of the high view in pixels.")
    var resolution = 672

    @Option(help: "With `enrichers`: channels of the features they are given.")
    var width = 1024

    @Flag(help: "Print JSON.")
    var json = false

    @Option(help: "With `capture`: the folder whose disk is measured.")
    var folder = "."

    /// The name of the benchmark of files, which stands alone.
    static let capture = "capture"

    /// The name in front of enrichers' names.
    static let enrichers = "enrichers"

    static var all: [Benchmark] {
        Benchmark.kernels + Benchmark.transformers + Benchmark.enrichment + Benchmark.guidance
            + Benchmark.training + Benchmark.scripting
    }

    func run() throws {
        guard seconds > 0, threads.map({ $0 > 0 }) ?? true else {
            throw ValidationError("--seconds and --threads must be positive.")
        }
        let count = threads ?? ProcessInfo.processInfo.activeProcessorCount
        if names == [Self.capture] { return try runCapture() }
        if names.first == Self.enrichers {
            return try runEnrichers(Array(names.dropFirst()), threads: count)
        }
        let known = Self.all.map(\.name)
        for name in names where !known.contains(name) {
            throw ValidationError(
                NearestNames.sentence(
                    kind: "benchmark", name: name, among: known + [Self.enrichers, Self.capture]))
        }
        let chosen = Self.all.filter { names.isEmpty || names.contains($0.name) }
        let runner = BenchmarkRunner(seconds: seconds)
        var results: [BenchmarkResult] = []
        for benchmark in chosen {
            // A fresh back-end each, so that one benchmark's memory does not weigh on the next.
            let context = Machine.context(
                seed: 1, threads: count, bfloat16Products: benchmark.bfloat16Products,
                determinism: determinism)
            let result = try runner.run(benchmark, BenchmarkHost(context: context, threads: count))
            if !json { Swift.print(Self.line(result)) }
            results.append(result)
        }
        if json { Swift.print(try Self.json(results, threads: count)) }
    }

    private static func line(_ result: BenchmarkResult) -> String {
        let rate = result.gigaRate.map { String(format: "%7.1f GMAC/s", $0) } ?? "              "
        let name = result.name.padding(toLength: 24, withPad: " ", startingAt: 0)
        return name + time(result.median) + rate + "  "
            + result.summary
    }

    /// Milliseconds, or microseconds below a tenth of one.
    private static func time(_ seconds: Double) -> String {
        seconds < 1e-4
            ? String(format: "%11.3f µs ", seconds * 1e6)
            : String(format: "%11.3f ms ", seconds * 1e3)
    }

    private static func json(_ results: [BenchmarkResult], threads: Int) throws -> String {
        let rows: [JSONValue] = results.map { result in
            [
                "name": .string(result.name), "summary": .string(result.summary),
                "median_seconds": .number(result.median),
                "fastest_seconds": .number(result.fastest),
                "runs": .integer(Int64(result.seconds.count)),
                "gmacs_per_second": result.gigaRate.map { .number($0) } ?? .null,
                "threads": .integer(Int64(threads)),
            ]
        }
        return try JSONWriter().string(.array(rows))
    }
}
