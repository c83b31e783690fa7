import HireArray
import HireTestSupport

/// Every elementwise kernel on every layout; transcendental functions may be off by a few units in the last place.
let elementwiseCases: [AgreementCase] =
    unaryCases + unaryGradientCases + binaryCases + compareCases + constantCases

private let shapes: [Shape] = [[], [1], [7], [0, 3], [5, 37], [3, 1, 4, 2], [2, 3, 65]]

private let differentiable = UnaryKernel.allCases.filter { $0 != .logicalNot }

private func domain(_ kernel: UnaryKernel) -> ClosedRange<Double> {
    switch kernel {
    case .log, .sqrt, .rsqrt, .reciprocal: 0.05...9
    case .exp: -80...80
    default: -7...7
    }
}

private let unaryCases: [AgreementCase] = unaryLayoutCases + extremeCases + otherUnaryCases

private let unaryLayoutCases: [AgreementCase] = differentiable.flatMap { kernel in
    Layout.allCases.map { layout in
        AgreementCase("\(kernel) \(layout)", relative: 2e-6, absolute: 3e-7) { backend in
            try shapes.map { shape in
                let x = try backend.input(shape, 1, in: domain(kernel), layout)
                return try backend.filled(shape) { backend.unary(kernel, x, into: $0) }
            }
        }
    }
}

private let extremeCases: [AgreementCase] = differentiable.map { kernel in
    AgreementCase("\(kernel) of extreme values", relative: 2e-6, absolute: 3e-7) { backend in
        let extremes: [Double] = [
            0, -0.0, .infinity, -.infinity, .nan, 1e-30, -1e-30, 20, -20, 87.5, -87.5, 90, -90,
            110, -110, 1e30, -1e30,
        ]
        // Sines of huge angles are nobody's promise.
        let isPeriodic = kernel == .sin || kernel == .cos
        let x = try backend.array(
            isPeriodic ? extremes.filter { !(abs($0) > 1e4) } : extremes,
            [isPeriodic ? 13 : 17], as: .float32)
        return [try backend.filled(x.shape) { backend.unary(kernel, x, into: $0) }]
    }
}

private let otherUnaryCases: [AgreementCase] = [
    AgreementCase("gelu of many elements", relative: 2e-6, absolute: 3e-7) { backend in
        let x = try backend.input([300_001], 1, in: -7...7)
        return [try backend.filled(x.shape) { backend.unary(.gelu, x, into: $0) }]
    },
    AgreementCase("logicalNot") { backend in
        let x = try backend.input([3, 5], 1, .transposed, .int32)
        let condition = try backend.filled([3, 5], .bool) { backend.copy(x, into: $0) }
        return [
            try backend.filled([3, 5], .bool) {
                backend.unary(.logicalNot, condition, into: $0)
            }
        ]
    },
]

private let unaryGradientCases: [AgreementCase] = differentiable.flatMap { kernel in
    Layout.allCases.map { layout in
        AgreementCase("\(kernel) gradient \(layout)", relative: 4e-6, absolute: 1e-6) { backend in
            try shapes.map { shape in
                var saved = try backend.input(shape, 1, in: domain(kernel), layout)
                if kernel.gradientReadsOutput {
                    let x = saved
                    // The output as the oracle would round it: the same on every back-end.
                    let y = try ReferenceValues.unary(kernel, x)
                    saved = try backend.array(y, shape, as: .float32)
                }
                let gradient = try backend.input(shape, 2, layout)
                return try backend.filled(shape) {
                    backend.unaryGradient(kernel, saved, saved, gradient, into: $0)
                }
            }
        }
    }
}

private let pairs: [(Shape, Layout, Layout)] = [
    ([], .contiguous, .contiguous), ([5, 37], .contiguous, .contiguous),
    ([5, 37], .contiguous, .expanded), ([5, 37], .expanded, .contiguous),
    ([5, 37], .transposed, .sliced), ([2, 3, 65], .sliced, .transposed),
    ([2, 3, 65], .expanded, .expanded), ([3, 1, 4, 2], .transposed, .contiguous),
    ([0, 3], .contiguous, .contiguous),
]

private let binaryCases: [AgreementCase] = binaryLayoutCases + specialBinaryCases

private let binaryLayoutCases: [AgreementCase] = BinaryKernel.allCases.map { kernel in
    AgreementCase("\(kernel)", relative: 4e-6, absolute: 1e-7) { backend in
        let range: ClosedRange<Double> =
            kernel == .pow || kernel == .div ? 0.1...4 : -3...3
        var results = try pairs.map { shape, left, right in
            let a = try backend.input(shape, 1, in: range, left)
            let b = try backend.input(shape, 2, in: range, right)
            return try backend.filled(shape) { backend.binary(kernel, a, b, into: $0) }
        }
        // A column, a scalar and a row, expanded, as broadcasting makes them.
        for part in [[5, 1], [1, 1], [37]] {
            let a = try backend.input([5, 37], 3, in: range)
            let b = try backend.input(part, 4, in: range).expanded(to: [5, 37])
            for (left, right) in [(a, b), (b, a)] {
                results.append(
                    try backend.filled([5, 37]) {
                        backend.binary(kernel, left, right, into: $0)
                    })
            }
        }
        return results
    }
}

private let specialBinaryCases: [AgreementCase] = [
    AgreementCase("maximum and minimum of NaN") { backend in
        let a = try backend.array([1, .nan, 2] as [Float], [3])
        let b = try backend.array([.nan, 1, 3] as [Float], [3])
        return try [BinaryKernel.maximum, .minimum].map { kernel in
            try backend.filled([3]) { backend.binary(kernel, a, b, into: $0) }
        }
    },
    AgreementCase("pow of special bases", relative: 4e-6) { backend in
        let a = try backend.array([0, 0, -2, -2, -2, 2, 1e-20] as [Float], [7])
        let b = try backend.array([0, 2, 2, 3, 0.5, -1, 2] as [Float], [7])
        return [try backend.filled([7]) { backend.binary(.pow, a, b, into: $0) }]
    },
]

private let compareCases: [AgreementCase] = CompareKernel.allCases.map { kernel in
    AgreementCase("\(kernel)") { backend in
        try pairs.map { shape, left, right in
            // Whole numbers, so that some are equal.
            let a = try backend.input(shape, 1, in: -3...3, left, .int32)
            let b = try backend.input(shape, 2, in: -3...3, right, .int32)
            let whole = try backend.filled(shape) { backend.copy(a, into: $0) }
            let other = try backend.filled(shape) { backend.copy(b, into: $0) }
            return try backend.filled(shape, .bool) {
                backend.compare(kernel, whole, other, into: $0)
            }
        }
    }
}

private let constantCases: [AgreementCase] = Layout.allCases.flatMap { layout in
    [
        AgreementCase("select \(layout)") { backend in
            try shapes.map { shape in
                let a = try backend.input(shape, 1, layout)
                let b = try backend.input(shape, 2)
                let zero = try backend.filled([]) { backend.fill($0, 0) }.expanded(to: shape)
                let condition = try backend.filled(shape, .bool) {
                    backend.compare(.lt, a, zero, into: $0)
                }
                return try backend.filled(shape) { backend.select(condition, a, b, into: $0) }
            }
        },
        AgreementCase("clamp \(layout)") { backend in
            try shapes.map { shape in
                let x = try backend.input(shape, 1, layout)
                return try backend.filled(shape) { backend.clamp(x, -0.3, 0.6, into: $0) }
            }
        },
        AgreementCase("affine \(layout)", relative: 1e-6, absolute: 2e-7) { backend in
            try shapes.map { shape in
                let x = try backend.input(shape, 1, layout)
                return try backend.filled(shape) {
                    backend.affine(x, scale: 1.7, shift: -0.3, into: $0)
                }
            }
        },
        AgreementCase("accumulate \(layout)", relative: 1e-6, absolute: 2e-7) { backend in
            try shapes.map { shape in
                let out = try backend.input(shape, 1)
                backend.accumulate(try backend.input(shape, 2, layout), scale: 0.4, into: out)
                return out
            }
        },
    ]
}
