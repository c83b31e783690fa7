import HireCPU
import HireTensor

/// One piece of work whose time is measured; Tests/Peers does the same in PyTorch under the same name.
struct Benchmark: Sendable {
    /// The name on the command line and in tables.
    let name: String
    /// What is done, with shapes.
    let summary: String
    /// Multiply-adds of one run, or 0 where counting makes no sense.
    let multiplyAdds: Int
    /// How often one run does the work; times are divided by it.
    var repeats = 1
    /// How products with bfloat16 weights are made.
    var bfloat16Products = BFloat16Products.exact
    /// Prepares the work and returns what one run does.
    let prepare: @Sendable (BenchmarkHost) throws -> () throws -> Void
}

/// What benchmarks need of the program.
struct BenchmarkHost {
    /// Where tensors are made.
    let context: Context
    /// Threads in use.
    let threads: Int
}

/// The times of one benchmark's runs.
struct BenchmarkResult {
    let name: String
    let summary: String
    let multiplyAdds: Int
    /// Seconds per run, in order.
    let seconds: [Double]

    /// The middle run's seconds.
    var median: Double {
        let sorted = seconds.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    /// The fastest run's seconds.
    var fastest: Double { seconds.min() ?? .nan }

    /// Thousand million multiply-adds per second of the median run, or nil.
    var gigaRate: Double? {
        multiplyAdds > 0 ? Double(multiplyAdds) / median / 1e9 : nil
    }
}
