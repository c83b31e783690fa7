import HireArray
import HireTestSupport

/// Pooling, resampling and padding of maps; sums are short, so float32 rounds by little.
let mapCases: [AgreementCase] = poolingCases + resamplingCases + paddingCases

private let poolingCases: [AgreementCase] = [
    ("2x2", Window2D(kernel: [2, 2], stride: [2, 2])),
    ("3x3 overlapping", Window2D(kernel: [3, 3], stride: [2, 2], padding: [1, 1])),
    ("3x2", Window2D(kernel: [3, 2], stride: [1, 3], padding: [1, 0])),
].flatMap { (name: String, window: Window2D) in
    Layout.allCases.map { layout in
        AgreementCase("pooling \(name) \(layout)", relative: 1e-6, absolute: 1e-6) { backend in
            try [[2, 3, 8, 10], [1, 2, 7, 9]].flatMap { (input: Shape) in
                let size = window.outputSize([input[2], input[3]])
                let output = [input[0], input[1], size.x, size.y]
                let x = try backend.input(input, 1, layout)
                let gradient = try backend.input(output, 2, layout)
                let indices = try backend.filled(output, .int32) { _ in }
                return [
                    try backend.filled(output) {
                        backend.maxPool2d(x, window, into: $0, indices: indices)
                    },
                    indices,
                    try backend.filled(input) {
                        backend.maxPool2dGradient(gradient, indices: indices, into: $0)
                    },
                    try backend.filled(output) { backend.avgPool2d(x, window, into: $0) },
                    try backend.filled(input) {
                        backend.avgPool2dGradient(gradient, window, into: $0)
                    },
                ]
            }
        }
    }
}

private let resamplingCases: [AgreementCase] = [
    (4, 9), (9, 4), (24, 42), (7, 7), (1, 6), (6, 1), (32, 5),
].flatMap { (from: Int, to: Int) in
    Layout.allCases.map { layout in
        AgreementCase("resample \(from) to \(to) \(layout)", relative: 1e-6, absolute: 2e-6) {
            backend in
            let axes: [AxisResampling] = [
                .bicubic(from: from, to: to), .bilinear(from: from, to: to),
                .area(from: from, to: to), .nearest(from: from, to: to),
                .antialiased(from: from, to: to, support: 2, filter: AxisResampling.pillowCubic),
            ]
            return try axes.flatMap { rows in
                let columns = AxisResampling.bicubic(from: 5, to: 8)
                let x = try backend.input([2, 3, from, 5], 1, layout)
                let y = try backend.input([2, 3, to, 8], 2, layout)
                return [
                    try backend.filled([2, 3, to, 8]) {
                        backend.resample(x, rows: rows, columns: columns, into: $0)
                    },
                    try backend.filled([2, 3, from, 5]) {
                        backend.resample(
                            y, rows: rows.transposed, columns: columns.transposed, into: $0)
                    },
                    // The two axes exchanged.
                    try backend.filled([2, 3, 8, to]) {
                        backend.resample(
                            x.transposed(2, 3), rows: columns, columns: rows, into: $0)
                    },
                ]
            }
        }
    }
}

private let paddingCases: [AgreementCase] = PadMode.allCases.flatMap { mode in
    Layout.allCases.map { layout in
        AgreementCase("pad \(mode) \(layout)", relative: 1e-6, absolute: 1e-6) { backend in
            try [SIMD4(1, 1, 1, 1), [3, 0, 2, 4], [0, 0, 0, 0], [3, 3, 3, 3]].flatMap {
                (padding: SIMD4<Int>) in
                let larger = [2, 3, 4 + padding.x + padding.y, 6 + padding.z + padding.w]
                let x = try backend.input([2, 3, 4, 6], 1, layout)
                let gradient = try backend.input(larger, 2, layout)
                return [
                    try backend.filled(larger) { backend.pad2d(x, padding, mode, into: $0) },
                    try backend.filled([2, 3, 4, 6]) {
                        backend.pad2dGradient(gradient, padding, mode, into: $0)
                    },
                ]
            }
        }
    }
}
