import HireArray
import HireTestSupport

/// Reductions over every choice of axes; float32 sums of up to 20,000 elements may round by 1e-5 of their size.
let reductionCases: [AgreementCase] = axesCases + alongAxisCases + specialCases

private let axesCases: [AgreementCase] = ReduceKernel.allCases.flatMap { kernel in
    Layout.allCases.map { layout in
        AgreementCase("\(kernel) \(layout)", relative: 2e-6, absolute: 1e-5) { backend in
            try choices.map { shape, axes in
                let x = try backend.input(shape, 1, layout)
                var reduced = shape
                for axis in axes { reduced[axis] = 1 }
                return try backend.filled(reduced) {
                    backend.reduce(kernel, x, axes: axes, into: $0)
                }
            }
        }
    }
}

private let alongAxisCases: [AgreementCase] = Layout.allCases.flatMap { layout in
    [
        AgreementCase("argmax \(layout)") { backend in
            try alongAxes(backend, layout) { shape, axis, x in
                var reduced = shape
                reduced[axis] = 1
                return try backend.filled(reduced, .int32) {
                    backend.argmax(x, axis: axis, into: $0)
                }
            }
        },
        AgreementCase("cumulativeSum \(layout)", relative: 1e-6, absolute: 5e-6) { backend in
            try alongAxes(backend, layout) { shape, axis, x in
                try backend.filled(shape) { backend.cumulativeSum(x, axis: axis, into: $0) }
            }
        },
    ]
}

private let specialCases: [AgreementCase] = [
    AgreementCase("argmax of equal elements") { backend in
        let x = try backend.array([1, 2, 2, 0, 3, 3, 3, 3, 0, 0, 0, 0] as [Float], [3, 4])
        return try [0, 1].map { axis in
            try backend.filled(axis == 0 ? [1, 4] : [3, 1], .int32) {
                backend.argmax(x, axis: axis, into: $0)
            }
        }
    },
    AgreementCase("max and min of NaN and infinities") { backend in
        let x = try backend.array(
            [1, .nan, 3, -.infinity, -.infinity, -.infinity, .infinity, 0, 1] as [Float],
            [3, 3])
        return try [ReduceKernel.max, .min].flatMap { kernel in
            try [[0], [1], [0, 1]].map { axes in
                try backend.filled(
                    [axes.contains(0) ? 1 : 3, axes.contains(1) ? 1 : 3]
                ) { backend.reduce(kernel, x, axes: axes, into: $0) }
            }
        }
    },
    AgreementCase("sum of many elements", relative: 1e-5, absolute: 1e-3) { backend in
        let x = try backend.input([500, 400], 1)
        return try [[0], [1], [0, 1]].map { axes in
            try backend.filled([axes.contains(0) ? 1 : 500, axes.contains(1) ? 1 : 400]) {
                backend.reduce(.sum, x, axes: axes, into: $0)
            }
        }
    },
    AgreementCase("sumOfSquares", relative: 2e-6) { backend in
        try [[], [7], [3, 70], [0], [300, 100]].map { (shape: Shape) in
            let sum = backend.sumOfSquares(try backend.input(shape, 1))
            return try backend.array([sum], [])
        }
    },
]

private let choices: [(Shape, [Int])] = [
    ([7], [0]), ([7], []), ([5, 37], [0]), ([5, 37], [1]), ([5, 37], [0, 1]),
    ([2, 3, 65], [1]), ([2, 3, 65], [0, 2]), ([2, 3, 65], [2]), ([2, 3, 65], [0, 1]),
    ([2, 3, 4, 5], [0, 2, 3]), ([2, 3, 4, 5], [1, 3]), ([2, 3, 4, 5], [2, 3]),
    ([1, 130, 1], [1]), ([4, 1, 33], [1]),
]

private func alongAxes(
    _ backend: any Backend, _ layout: Layout, _ body: (Shape, Int, NDArray) throws -> NDArray
) throws -> [NDArray] {
    try [[7], [5, 37], [2, 3, 65], [3, 1, 4, 2]].flatMap { (shape: Shape) in
        try shape.indices.map { axis in
            try body(shape, axis, try backend.input(shape, 1, layout))
        }
    }
}
