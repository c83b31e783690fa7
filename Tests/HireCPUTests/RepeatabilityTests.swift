import Foundation
import HireArray
import HireCPU
import HireTestSupport
import Testing

/// The same shapes and thread count give the same bits, and every byte comes back.
@Suite struct RepeatabilityTests {
    private func array(_ backend: CPUBackend, _ shape: Shape, _ seed: UInt64) throws -> NDArray {
        let out = try backend.allocate(shape, .float32)
        backend.normal(RandomSource(seed: seed), mean: 0, deviation: 1, into: out)
        return out
    }

    /// Kernels that split their work or sum across threads, on sizes at which they do.
    private func run(_ backend: CPUBackend) throws -> [[Float]] {
        var results: [NDArray] = []
        func make(_ shape: Shape) throws -> NDArray {
            let out = try backend.allocate(shape, .float32)
            results.append(out)
            return out
        }
        let a = try array(backend, [300, 200], 1)
        let b = try array(backend, [200, 310], 2)
        backend.matmul(a, b, bias: nil, into: try make([300, 310]))
        backend.reduce(.sum, b, axes: [0, 1], into: try make([1, 1]))
        backend.reduce(.sum, b, axes: [0], into: try make([1, 310]))
        let x = try array(backend, [5, 12, 21, 19], 3)
        let weight = try array(backend, [9, 12, 3, 3], 4)
        let gradient = try array(backend, [5, 9, 21, 19], 5)
        let window = Window2D(kernel: [3, 3], padding: [1, 1])
        backend.conv2d(x, weight, bias: nil, window, into: try make([5, 9, 21, 19]))
        backend.conv2dInputGradient(gradient, weight, window, into: try make([5, 12, 21, 19]))
        backend.conv2dWeightGradient(x, gradient, window, into: try make([9, 12, 3, 3]))
        let scale = try array(backend, [200], 6)
        let (mean, inverse) = (try make([300]), try make([300]))
        backend.layerNorm(
            a, weight: scale, bias: scale, epsilon: 1e-5, into: try make([300, 200]), mean: mean,
            inverseDeviation: inverse)
        backend.layerNormGradient(
            a, weight: scale, mean: mean, inverseDeviation: inverse, a, into: try make([300, 200]),
            weightGradient: try make([200]), biasGradient: try make([200]))
        let range = try make([5, 49, 21, 19])
        let (heat, spatial) = (try array(backend, [], 7), try array(backend, [49], 8))
        backend.bilateralKernel(
            x, temperature: heat, spatial: spatial, radius: 3, range: range,
            into: try make([5, 49, 21, 19]))
        backend.bilateralKernelGradient(
            x, temperature: heat, spatial: spatial, radius: 3, range: range, range,
            into: try make([5, 12, 21, 19]), temperatureGradient: try make([]),
            spatialGradient: try make([49]))
        let geometry = PooledOperatorGeometry(
            source: [4, 5], stages: [[9, 8], [21, 19]], radii: [2, 3], pooled: [3, 4])
        let kernels = [try array(backend, [5, 25, 9, 8], 9), range]
        let operatorGradient = try array(backend, [5, 12, 20], 10)
        backend.pooledOperator(kernels, geometry, into: try make([5, 12, 20]))
        backend.pooledOperatorGradient(
            kernels, geometry, operatorGradient,
            into: [try make([5, 25, 9, 8]), try make([5, 49, 21, 19])])
        let (q, o) = (try array(backend, [2, 3, 70, 16], 11), try make([2, 3, 70, 16]))
        backend.attention(
            q, q, q, mask: nil, AttentionKernel(scale: 0.25, isCausal: true), into: o,
            probabilities: nil)
        return try results.map { try $0.floats() }
    }

    @Test(arguments: [1, 2, 3])
    func sameThreadsSameBits(_ threads: Int) throws {
        let first = try run(CPUBackend(threads: threads))
        let backend = CPUBackend(threads: threads)
        for _ in 0..<3 { #expect(try run(backend) == first) }
    }

    @Test func anyNumberOfThreadsAgrees() throws {
        let one = try run(CPUBackend(threads: 1))
        let many = try run(CPUBackend(threads: 4))
        for (index, (a, b)) in zip(one, many).enumerated() {
            let size = a.reduce(1) { max($0, abs($1)) }
            for (x, y) in zip(a, b) {
                #expect(abs(x - y) <= 1e-5 * size, "result \(index)")
            }
        }
    }

    @Test func callersOnSeveralThreadsGetTheSameBits() throws {
        let backend = CPUBackend(threads: 2)
        let expected = try run(backend)
        let good = LockedFlags()
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            good.append((try? run(backend)) == expected)
        }
        #expect(good.all == [true, true, true, true])
    }

    @Test func everyByteComesBack() throws {
        let ledger = MemoryLedger()
        let backend = CPUBackend(threads: 2, ledger: ledger)
        _ = try run(backend)
        #expect(ledger.liveBytes == 0)
        #expect(ledger.peakBytes > 0)
    }

    @Test func hugeShapesAreRefused() {
        let backend = CPUBackend(threads: 1)
        #expect(throws: ArrayError.self) { try backend.allocate([1 << 40, 1 << 40], .float32) }
        #expect(throws: ArrayError.self) { try backend.allocate([1 << 58], .float32) }
    }
}

/// Results of concurrent runs.
private final class LockedFlags: @unchecked Sendable {
    private let lock = NSLock()
    private var flags: [Bool] = []

    func append(_ flag: Bool) { lock.withLock { flags.append(flag) } }
    var all: [Bool] { lock.withLock { flags } }
}
