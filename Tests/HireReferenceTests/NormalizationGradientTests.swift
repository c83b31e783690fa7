import HireArray
import HireReference
import HireTestSupport
import Testing

/// Gradients of the normalisations against central finite differences in float64 (step 1e-5, 1e-6 + 1e-7).
@Suite struct NormalizationGradientTests {
    private let backend = ReferenceBackend()

    private func random(_ shape: Shape, _ seed: Int) throws -> NDArray {
        try backend.random(shape, seed: seed, in: -2...2, .float64)
    }

    private func empty(_ shape: Shape) throws -> NDArray {
        try backend.filled(shape, .float64) { _ in }
    }

    @Test func layerNorm() throws {
        let inputs = [try random([3, 6], 1), try random([6], 2), try random([6], 3)]
        func normalise(_ inputs: [NDArray]) throws -> [NDArray] {
            let results = [try empty([3, 6]), try empty([3]), try empty([3])]
            backend.layerNorm(
                inputs[0], weight: inputs[1], bias: inputs[2], epsilon: 1e-3, into: results[0],
                mean: results[1], inverseDeviation: results[2])
            return results
        }
        try expectGradients(
            "layerNorm", of: inputs, on: backend, forward: { try normalise($0)[0] },
            backward: { inputs, _, gradient in
                let saved = try normalise(inputs)
                let results = [try empty([3, 6]), try empty([6]), try empty([6])]
                backend.layerNormGradient(
                    inputs[0], weight: inputs[1], mean: saved[1], inverseDeviation: saved[2],
                    gradient, into: results[0], weightGradient: results[1],
                    biasGradient: results[2])
                return results
            })
    }

    @Test func rmsNorm() throws {
        func normalise(_ inputs: [NDArray]) throws -> [NDArray] {
            let results = [try empty([2, 2, 5]), try empty([2, 2])]
            backend.rmsNorm(
                inputs[0], weight: inputs[1], epsilon: 1e-3, into: results[0],
                inverseRoot: results[1])
            return results
        }
        try expectGradients(
            "rmsNorm", of: [try random([2, 2, 5], 4), try random([5], 5)], on: backend,
            forward: { try normalise($0)[0] },
            backward: { inputs, _, gradient in
                let saved = try normalise(inputs)
                let results = [try empty([2, 2, 5]), try empty([5])]
                backend.rmsNormGradient(
                    inputs[0], weight: inputs[1], inverseRoot: saved[1], gradient, into: results[0],
                    weightGradient: results[1])
                return results
            })
    }

    @Test(arguments: [false, true])
    func batchNorm(training: Bool) throws {
        let shape = [2, 3, 2, 4]
        let running = [try random([3], 6), try backend.random([3], seed: 7, in: 0.5...2, .float64)]
        func statistics(_ x: NDArray) throws -> [NDArray] {
            guard training else { return running }
            let results = [try empty([3]), try empty([3])]
            backend.channelStatistics(x, mean: results[0], variance: results[1])
            return results
        }
        try expectGradients(
            "batchNorm", of: [try random(shape, 8), try random([3], 9), try random([3], 10)],
            on: backend,
            forward: { inputs in
                let moments = try statistics(inputs[0])
                return try backend.filled(shape, .float64) {
                    backend.batchNorm(
                        inputs[0], mean: moments[0], variance: moments[1], weight: inputs[1],
                        bias: inputs[2], epsilon: 1e-3, into: $0)
                }
            },
            backward: { inputs, _, gradient in
                let moments = try statistics(inputs[0])
                let results = [try empty(shape), try empty([3]), try empty([3])]
                backend.batchNormGradient(
                    inputs[0], mean: moments[0], variance: moments[1], weight: inputs[1],
                    epsilon: 1e-3, training: training, gradient, into: results[0],
                    weightGradient: results[1], biasGradient: results[2])
                return results
            })
    }
}
