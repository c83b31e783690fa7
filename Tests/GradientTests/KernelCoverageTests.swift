import Foundation
import HireArray
import HireTensor
import Testing

/// The table reaches every kernel of the back-end protocol.
struct KernelCoverageTests {
    @Test func everyKernelIsReachedBySomeExample() throws {
        let spy = SpyBackend()
        for test in OpCase.all {
            _ = try OpRun(test.example.instance(of: test.op), in: Context(backend: spy))
        }
        let reached = spy.reached
        for kernel in try Self.kernels() {
            #expect(
                reached.contains(kernel), "No operation of the table runs the kernel \(kernel).")
        }
        let variants =
            UnaryKernel.allCases.map { "unary.\($0)" }
            + BinaryKernel.allCases.map { "binary.\($0)" }
            + CompareKernel.allCases.map { "compare.\($0)" }
            + ReduceKernel.allCases.map { "reduce.\($0)" } + PadMode.allCases.map { "pad2d.\($0)" }
        for variant in variants {
            #expect(reached.contains(variant), "No operation of the table runs \(variant).")
        }
    }

    /// The protocol's requirements, read from its source, less those that no operation runs: questions, and the
    /// optimisers' in-place steps.
    private static func kernels() throws -> [String] {
        let root = URL(filePath: #filePath).appending(path: "../../..").standardized
        let source = try String(
            contentsOf: root.appending(path: "Sources/HireArray/Backend.swift"), encoding: .utf8)
        let start = try #require(source.range(of: "public protocol Backend"))
        let end = try #require(source.range(of: "\n}\n", range: start.upperBound..<source.endIndex))
        let names = source[start.upperBound..<end.lowerBound].matches(of: /func (\w+)\(/).map {
            String($0.output.1)
        }
        let others: Set<String> = ["supports", "sumOfSquares", "adamW", "sgd"]
        #expect(names.count > 40 && others.isSubset(of: names))
        return names.filter { !others.contains($0) }
    }
}
