import Foundation

/// Runs benchmarks: warm up, then as many runs as fit the time, at least `minimumRuns`.
struct BenchmarkRunner {
    /// Seconds of measuring per benchmark.
    var seconds = 1.5
    /// Runs that are made even if they take longer.
    var minimumRuns = 5

    func run(_ benchmark: Benchmark, _ host: BenchmarkHost) throws -> BenchmarkResult {
        let work = try benchmark.prepare(host)
        for _ in 0..<2 { try work() }
        var times: [Double] = []
        let start = DispatchTime.now().uptimeNanoseconds
        while times.count < minimumRuns || elapsed(since: start) < seconds {
            let begin = DispatchTime.now().uptimeNanoseconds
            try work()
            times.append(elapsed(since: begin) / Double(benchmark.repeats))
        }
        return BenchmarkResult(
            name: benchmark.name, summary: benchmark.summary,
            multiplyAdds: benchmark.multiplyAdds, seconds: times)
    }

    private func elapsed(since start: UInt64) -> Double {
        Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
    }
}
