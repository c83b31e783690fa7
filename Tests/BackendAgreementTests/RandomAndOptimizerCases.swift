import HireArray
import HireTestSupport

/// Random numbers (the same formula in Double on both sides) and optimiser steps.
let randomAndOptimizerCases: [AgreementCase] = randomCases + optimizerCases

private let randomCases: [AgreementCase] = [[], [7], [3, 70], [0], [40_001]].map { (shape: Shape) in
    AgreementCase("random numbers of shape \(shape)", relative: 1e-6, absolute: 1e-6) {
        backend in
        let source = RandomSource(seed: 11).named("agreement")
        return [
            try backend.filled(shape) { backend.uniform(source, low: -3, high: 5, into: $0) },
            try backend.filled(shape) {
                backend.normal(source, mean: 0.5, deviation: 2, into: $0)
            },
        ]
    }
}

private let optimizerCases: [AgreementCase] = [[7], [3, 70], [50_001]].flatMap { (shape: Shape) in
    [
        AgreementCase("adamW of shape \(shape)", relative: 1e-5, absolute: 1e-6) { backend in
            let parameter = try backend.input(shape, 1)
            let moments = try backend.empty([shape, shape])
            for moment in moments { backend.fill(moment, 0) }
            for step in 1...3 {
                // Gradients away from 0, where a step's direction hangs on the last bit.
                backend.adamW(
                    parameter, gradient: try backend.input(shape, 1 + step, in: 0.2...1),
                    firstMoment: moments[0], secondMoment: moments[1],
                    AdamWKernel(
                        learningRate: 0.05, beta1: 0.9, beta2: 0.999, epsilon: 1e-8,
                        weightDecay: 0.1, step: step, gradientScale: 0.7))
            }
            return [parameter] + moments
        },
        AgreementCase("sgd of shape \(shape)", relative: 1e-5, absolute: 1e-6) { backend in
            try [(0, false), (0.9, false), (0.9, true)].flatMap {
                (momentum: Double, nesterov: Bool) in
                let parameter = try backend.input(shape, 1)
                let buffer = try backend.filled(shape) { backend.fill($0, 0) }
                for step in 1...3 {
                    backend.sgd(
                        parameter, gradient: try backend.input(shape, 1 + step),
                        momentumBuffer: momentum == 0 ? nil : buffer, learningRate: 0.05,
                        momentum: momentum, weightDecay: 0.1, nesterov: nesterov,
                        gradientScale: 0.7)
                }
                return [parameter, buffer]
            }
        },
    ]
}
