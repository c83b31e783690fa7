import HireArray
import HireReference
import HireTestSupport
import Testing

/// Gradient kernels against central finite differences in float64 (step 1e-5, tolerance 1e-6 relative + 1e-7).
@Suite struct GradientTests {
    private let backend = ReferenceBackend()

    private func random(
        _ shape: Shape, _ seed: Int, in range: ClosedRange<Double> = -1...1
    ) throws -> NDArray {
        try backend.random(shape, seed: seed, in: range, .float64)
    }

    private func filled(_ shape: Shape, by kernel: (NDArray) throws -> Void) throws -> NDArray {
        try backend.filled(shape, .float64, by: kernel)
    }

    @Test(arguments: UnaryKernel.allCases.filter { $0 != .logicalNot })
    func unary(_ kernel: UnaryKernel) throws {
        // The kinks of abs, relu and the steps of round and its kin are not at these values.
        let range: ClosedRange<Double> =
            [.log, .sqrt, .rsqrt, .reciprocal].contains(kernel) ? 0.2...3 : -2.9...2.9
        try expectGradients(
            kernel.rawValue, of: [try random([3, 7], 1, in: range)], on: backend,
            forward: { inputs in
                try filled([3, 7]) { backend.unary(kernel, inputs[0], into: $0) }
            },
            backward: { inputs, output, gradient in
                let saved = kernel.gradientReadsOutput ? output : inputs[0]
                return [
                    try filled([3, 7]) {
                        backend.unaryGradient(kernel, saved, saved, gradient, into: $0)
                    }
                ]
            })
    }

    @Test(arguments: [
        Window2D(kernel: [3, 3]),
        Window2D(kernel: [3, 2], stride: [2, 1], padding: [1, 1]),
        Window2D(kernel: [2, 3], stride: [1, 2], padding: [2, 0], dilation: [2, 1]),
        Window2D(kernel: [3, 3], padding: [1, 1], groups: 2),
    ])
    func conv2d(_ window: Window2D) throws {
        let size = window.outputSize([6, 5])
        let x = try random([2, 4, 6, 5], 2)
        let weight = try random(
            [6, 4 / window.groups, window.kernel.x, window.kernel.y], 3)
        try expectGradients(
            "conv2d", of: [x, weight], on: backend,
            forward: { inputs in
                try filled([2, 6, size.x, size.y]) {
                    backend.conv2d(inputs[0], inputs[1], bias: nil, window, into: $0)
                }
            },
            backward: { inputs, _, gradient in
                [
                    try filled(x.shape) {
                        backend.conv2dInputGradient(gradient, inputs[1], window, into: $0)
                    },
                    try filled(weight.shape) {
                        backend.conv2dWeightGradient(inputs[0], gradient, window, into: $0)
                    },
                ]
            })
    }

    @Test(arguments: [
        Window2D(kernel: [2, 2], stride: [2, 2]),
        Window2D(kernel: [3, 3], stride: [2, 1], padding: [1, 1]),
    ])
    func pooling(_ window: Window2D) throws {
        let size = window.outputSize([7, 6])
        let shape = [2, 2, size.x, size.y]
        let x = try random([2, 2, 7, 6], 4)
        try expectGradients(
            "maxPool2d", of: [x], on: backend,
            forward: { inputs in
                let indices = try backend.allocate(shape, .int32)
                return try filled(shape) {
                    backend.maxPool2d(inputs[0], window, into: $0, indices: indices)
                }
            },
            backward: { inputs, _, gradient in
                let out = try backend.allocate(shape, .float64)
                let indices = try backend.allocate(shape, .int32)
                backend.maxPool2d(inputs[0], window, into: out, indices: indices)
                return [
                    try filled(x.shape) {
                        backend.maxPool2dGradient(gradient, indices: indices, into: $0)
                    }
                ]
            })
        try expectGradients(
            "avgPool2d", of: [x], on: backend,
            forward: { inputs in
                try filled(shape) { backend.avgPool2d(inputs[0], window, into: $0) }
            },
            backward: { _, _, gradient in
                [try filled(x.shape) { backend.avgPool2dGradient(gradient, window, into: $0) }]
            })
    }

    @Test(arguments: PadMode.allCases)
    func padding(_ mode: PadMode) throws {
        let padding = SIMD4(2, 1, 0, 3)
        try expectGradients(
            "pad2d \(mode)", of: [try random([2, 3, 4, 5], 5)], on: backend,
            forward: { inputs in
                try filled([2, 3, 7, 8]) { backend.pad2d(inputs[0], padding, mode, into: $0) }
            },
            backward: { _, _, gradient in
                [
                    try filled([2, 3, 4, 5]) {
                        backend.pad2dGradient(gradient, padding, mode, into: $0)
                    }
                ]
            })
    }

    @Test func resampling() throws {
        let rows = AxisResampling.bicubic(from: 4, to: 7)
        let columns = AxisResampling.area(from: 5, to: 3)
        try expectGradients(
            "resample", of: [try random([2, 4, 5], 6)], on: backend,
            forward: { inputs in
                try filled([2, 7, 3]) {
                    backend.resample(inputs[0], rows: rows, columns: columns, into: $0)
                }
            },
            backward: { _, _, gradient in
                [
                    try filled([2, 4, 5]) {
                        backend.resample(
                            gradient, rows: rows.transposed, columns: columns.transposed, into: $0)
                    }
                ]
            })
    }

    @Test(arguments: [false, true])
    func softmax(logarithmic: Bool) throws {
        try expectGradients(
            "softmax", of: [try random([3, 6], 7, in: -3...3)], on: backend,
            forward: { inputs in
                try filled([3, 6]) {
                    backend.softmax(inputs[0], logarithmic: logarithmic, into: $0)
                }
            },
            backward: { _, output, gradient in
                [
                    try filled([3, 6]) {
                        backend.softmaxGradient(
                            output, gradient, logarithmic: logarithmic, into: $0)
                    }
                ]
            })
    }

    @Test func crossEntropy() throws {
        let targets = try backend.array([2, 0, -100, 4], [4], as: .int32)
        func losses(_ logits: NDArray) throws -> (NDArray, NDArray) {
            let probabilities = try backend.allocate([4, 5], .float64)
            let losses = try filled([4]) {
                backend.crossEntropy(
                    logits, targets, ignoreIndex: -100, into: $0, probabilities: probabilities)
            }
            return (losses, probabilities)
        }
        try expectGradients(
            "crossEntropy", of: [try random([4, 5], 8, in: -3...3)], on: backend,
            forward: { try losses($0[0]).0 },
            backward: { inputs, _, gradient in
                let probabilities = try losses(inputs[0]).1
                return [
                    try filled([4, 5]) {
                        backend.crossEntropyGradient(
                            probabilities, targets, ignoreIndex: -100, gradient, into: $0)
                    }
                ]
            })
    }

    @Test func rope() throws {
        let angles = try random([4, 3], 9, in: 0...6)
        let cosines = try filled([4, 3]) { backend.unary(.cos, angles, into: $0) }
        let sines = try filled([4, 3]) { backend.unary(.sin, angles, into: $0) }
        let rotate = { (x: NDArray, inverse: Bool) in
            try filled([2, 4, 6]) {
                backend.rope(x, cosines: cosines, sines: sines, inverse: inverse, into: $0)
            }
        }
        try expectGradients(
            "rope", of: [try random([2, 4, 6], 10)], on: backend,
            forward: { try rotate($0[0], false) },
            backward: { _, _, gradient in [try rotate(gradient, true)] })
    }

    @Test(arguments: [false, true])
    func attention(isCausal: Bool) throws {
        let kernel = AttentionKernel(scale: 0.6, isCausal: isCausal, queryOffset: 1)
        let inputs = [
            try random([2, 4, 3, 5], 11, in: -2...2), try random([2, 2, 4, 5], 12, in: -2...2),
            try random([2, 2, 4, 5], 13),
        ]
        let mask = try random([1, 4, 1, 4], 14)
        func attend(_ inputs: [NDArray]) throws -> (NDArray, NDArray) {
            let probabilities = try backend.allocate([2, 4, 3, 4], .float64)
            let out = try filled([2, 4, 3, 5]) {
                backend.attention(
                    inputs[0], inputs[1], inputs[2], mask: mask, kernel, into: $0,
                    probabilities: probabilities)
            }
            return (out, probabilities)
        }
        try expectGradients(
            "attention", of: inputs, on: backend, forward: { try attend($0).0 },
            backward: { inputs, _, gradient in
                let probabilities = try attend(inputs).1
                let results = try inputs.map { try backend.allocate($0.shape, .float64) }
                backend.attentionGradient(
                    inputs[0], inputs[1], inputs[2], probabilities: probabilities, kernel, gradient,
                    queries: results[0], keys: results[1], values: results[2])
                return results
            })
    }
}
