import Foundation
import HireArray
import HireNN
import HireTensor
import HireTestSupport
import Testing

@Suite("Initial distributions")
struct InitializerTests {
    /// Mean, deviation, smallest and largest of a parameter.
    private func statistics(
        _ parameter: Parameter
    ) throws -> (mean: Double, deviation: Double, low: Double, high: Double) {
        let values = try parameter.tensor.array.doubles()
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        return (mean, variance.squareRoot(), values.min() ?? 0, values.max() ?? 0)
    }

    /// Uniform in +-bound: five standard errors for mean and deviation, and the extremes close to the bounds.
    private func expectUniform(_ parameter: Parameter, bound: Double, _ label: String) throws {
        let found = try statistics(parameter)
        let count = Double(parameter.count)
        let deviation = bound / 3.0.squareRoot()
        #expect(abs(found.mean) < 5 * deviation / count.squareRoot(), "\(label): mean")
        #expect(abs(found.deviation - deviation) < 5 * deviation / count.squareRoot(), "\(label)")
        #expect(found.low >= -bound && found.high < bound, "\(label): bounds")
        #expect(
            found.high > bound * (1 - 20 / count) && found.low < -bound * (1 - 20 / count),
            "\(label)")
    }

    @Test("Layers begin as PyTorch's do")
    func defaults() throws {
        let context = makeContext(seed: 5)
        let linear = Linear(100, 200, in: context)
        try expectUniform(linear.weight, bound: 0.1, "Linear weight")
        try expectUniform(try #require(linear.bias), bound: 0.1, "Linear bias")
        let convolution = Conv2d(8, 512, kernel: [3, 5], groups: 2, in: context)
        try expectUniform(convolution.weight, bound: 1 / 60.0.squareRoot(), "Conv2d weight")
        try expectUniform(
            try #require(convolution.bias), bound: 1 / 60.0.squareRoot(), "Conv2d bias")
        let transposed = ConvTranspose2d(64, 16, kernel: [2, 2], in: context)
        try expectUniform(transposed.weight, bound: 0.125, "ConvTranspose2d weight")
        let attention = MultiHeadAttention(64, heads: 4, in: context)
        let named = Dictionary(uniqueKeysWithValues: attention.parameters().map { ($0, $1) })
        for role in ["q", "k", "v"] {
            let weight = try #require(named["\(role)_proj.weight"])
            try expectUniform(weight, bound: (6 / 256.0).squareRoot(), "attention \(role)")
            #expect(try named["\(role)_proj.bias"]?.tensor.floats().allSatisfy { $0 == 0 } == true)
        }
        try expectUniform(try #require(named["out_proj.weight"]), bound: 0.125, "attention out")
        #expect(try named["out_proj.bias"]?.tensor.floats().allSatisfy { $0 == 0 } == true)
        let table = try statistics(Embedding(200, 100, in: context).weight)
        #expect(abs(table.mean) < 0.04 && abs(table.deviation - 1) < 0.03)
        let norm = BatchNorm2d(3, in: context)
        #expect(try norm.weight.tensor.floats() == [1, 1, 1])
        #expect(try norm.runningMean.tensor.floats() == [0, 0, 0])
        #expect(try norm.runningVariance.tensor.floats() == [1, 1, 1])
        #expect(try norm.batchesTracked.tensor.array.integers() == [0])
    }

    @Test("A truncated normal has the cut distribution's moments")
    func truncated() throws {
        let context = makeContext(seed: 9)
        let holder = Holder()
        let cut = holder.scope.parameter(
            "cut", [20_000], .truncatedNormal(deviation: 1), in: context)
        let found = try statistics(cut)
        // Variance of N(0, 1) cut at 2: 1 - 4 pdf(2) / (cdf(2) - cdf(-2)) = 0.7737.
        #expect(abs(found.mean) < 0.03 && abs(found.deviation - 0.8796) < 0.02)
        #expect(found.low >= -2 && found.high <= 2)
        #expect(found.low < -1.98 && found.high > 1.98)
        let narrow = holder.scope.parameter(
            "narrow", [20_000], .truncatedNormal(deviation: 0.02), in: context)
        let small = try statistics(narrow)
        #expect(abs(small.deviation - 0.02) < 0.0005 && abs(small.mean) < 0.0008)
    }

    @Test("Given values are taken as they are, and a wrong number of them is refused")
    func given() throws {
        let context = makeContext()
        let holder = Holder()
        let values = holder.scope.parameter("values", [2], .values([3, 4]), in: context)
        #expect(try values.tensor.floats() == [3, 4])
        let wrong = holder.scope.parameter("wrong", [3], .values([3, 4]), in: context)
        #expect(message { _ = try wrong.tensor }.contains("expected 3 values"))
    }
}
