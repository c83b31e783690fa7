import HireArray
import HireTestSupport

/// Softmax and the normalisations over rows and channels, with and without their optional parts.
let normalizationCases: [AgreementCase] =
    softmaxCases + rowCases + channelCases

private let rowShapes: [Shape] = [[5, 37], [2, 3, 8], [7], [4, 1], [33, 130]]

private let softmaxCases: [AgreementCase] = softmaxLayoutCases + softmaxSpecialCases

private let softmaxLayoutCases: [AgreementCase] = Layout.allCases.flatMap { layout in
    [false, true].map { logarithmic in
        AgreementCase(
            "softmax logarithmic \(logarithmic) \(layout)", relative: 3e-6, absolute: 2e-6
        ) { backend in
            try rowShapes.flatMap { shape in
                let x = try backend.input(shape, 1, in: -20...20, layout)
                let gradient = try backend.input(shape, 2, layout)
                // Probabilities (or their logarithms) that are the same on every back-end.
                let y = try backend.input(
                    shape, 3, in: logarithmic ? -5...0 : 0...0.1, layout)
                return [
                    try backend.filled(shape) {
                        backend.softmax(x, logarithmic: logarithmic, into: $0)
                    },
                    try backend.filled(shape) {
                        backend.softmaxGradient(y, gradient, logarithmic: logarithmic, into: $0)
                    },
                ]
            }
        }
    }
}

private let softmaxSpecialCases: [AgreementCase] = [
    AgreementCase("softmax of huge and masked scores", relative: 3e-6, absolute: 1e-6) {
        backend in
        let x = try backend.array(
            [1e4, 9999, -1e30, -.infinity, 0, 0, -.infinity, -.infinity, -3] as [Float], [3, 3])
        return try [false, true].map { logarithmic in
            try backend.filled([3, 3]) {
                backend.softmax(x, logarithmic: logarithmic, into: $0)
            }
        }
    }
]

private let rowCases: [AgreementCase] = layerNormCases + rmsNormCases

private let layerNormCases: [AgreementCase] = Layout.allCases.flatMap { layout in
    [false, true].map { isAffine in
        AgreementCase("layerNorm affine \(isAffine) \(layout)", relative: 1e-5, absolute: 2e-5) {
            backend in
            try rowShapes.flatMap { shape in
                let width = shape[shape.count - 1]
                let lead = Shape(shape.dropLast())
                let x = try backend.input(shape, 1, in: -2...3, layout)
                let gradient = try backend.input(shape, 2, layout)
                let weight = isAffine ? try backend.input([width], 3) : nil
                let bias = isAffine ? try backend.input([width], 4) : nil
                let forward = try backend.empty([shape, lead, lead])
                backend.layerNorm(
                    x, weight: weight, bias: bias, epsilon: 1e-2, into: forward[0],
                    mean: forward[1], inverseDeviation: forward[2])
                let backward = try backend.empty([shape, [width], [width]])
                backend.layerNormGradient(
                    x, weight: weight, mean: forward[1], inverseDeviation: forward[2], gradient,
                    into: backward[0], weightGradient: backward[1], biasGradient: backward[2])
                let alone = try backend.empty([shape, [width]])
                backend.layerNormGradient(
                    x, weight: weight, mean: forward[1], inverseDeviation: forward[2], gradient,
                    into: alone[0], weightGradient: nil, biasGradient: nil)
                backend.layerNormGradient(
                    x, weight: weight, mean: forward[1], inverseDeviation: forward[2], gradient,
                    into: nil, weightGradient: alone[1], biasGradient: nil)
                return forward + backward + alone
            }
        }
    }
}

private let rmsNormCases: [AgreementCase] = Layout.allCases.map { layout in
    AgreementCase("rmsNorm \(layout)", relative: 1e-5, absolute: 2e-5) { backend in
        try rowShapes.flatMap { shape in
            let width = shape[shape.count - 1]
            let x = try backend.input(shape, 1, in: -2...3, layout)
            let gradient = try backend.input(shape, 2, layout)
            let weight = try backend.input([width], 3)
            let forward = try backend.empty([shape, Shape(shape.dropLast())])
            backend.rmsNorm(
                x, weight: weight, epsilon: 1e-2, into: forward[0], inverseRoot: forward[1])
            let backward = try backend.empty([shape, [width], shape])
            backend.rmsNormGradient(
                x, weight: weight, inverseRoot: forward[1], gradient, into: backward[0],
                weightGradient: backward[1])
            backend.rmsNormGradient(
                x, weight: weight, inverseRoot: forward[1], gradient, into: backward[2],
                weightGradient: nil)
            return forward + backward
        }
    }
}

private let channelCases: [AgreementCase] = Layout.allCases.flatMap { layout in
    [(true, true), (true, false), (false, true), (false, false)].map { isAffine, training in
        AgreementCase(
            "batchNorm affine \(isAffine) training \(training) \(layout)", relative: 1e-5,
            absolute: 2e-5
        ) { backend in
            try [[4, 3, 5, 6], [2, 7, 9], [6, 5], [1, 12, 16, 17]].flatMap { (shape: Shape) in
                let channels = [shape[1]]
                let x = try backend.input(shape, 1, in: -2...3, layout)
                let gradient = try backend.input(shape, 2, layout)
                let weight = isAffine ? try backend.input(channels, 3) : nil
                let bias = isAffine ? try backend.input(channels, 4) : nil
                var moments = [
                    try backend.input(channels, 5), try backend.input(channels, 6, in: 0.5...2),
                ]
                if training {
                    moments = try backend.empty([channels, channels])
                    backend.channelStatistics(x, mean: moments[0], variance: moments[1])
                }
                let results = try backend.empty([shape, shape, channels, channels, shape])
                backend.batchNorm(
                    x, mean: moments[0], variance: moments[1], weight: weight, bias: bias,
                    epsilon: 0.1, into: results[0])
                backend.batchNormGradient(
                    x, mean: moments[0], variance: moments[1], weight: weight, epsilon: 0.1,
                    training: training, gradient, into: results[1], weightGradient: results[2],
                    biasGradient: results[3])
                backend.batchNormGradient(
                    x, mean: moments[0], variance: moments[1], weight: weight, epsilon: 0.1,
                    training: training, gradient, into: results[4], weightGradient: nil,
                    biasGradient: nil)
                return moments + results
            }
        }
    }
}
