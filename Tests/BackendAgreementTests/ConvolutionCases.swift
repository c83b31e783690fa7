import HireArray
import HireTestSupport

/// Convolutions and their gradients; float32 sums of up to some 1,000 products may round by about 1e-5.
let convolutionCases: [AgreementCase] = windows.flatMap { name, input, channels, window in
    [Layout.contiguous, .transposed, .sliced, .expanded].map { layout in
        AgreementCase("conv2d \(name) \(layout)", relative: 2e-6, absolute: 2e-5) { backend in
            let size = window.outputSize([input[2], input[3]])
            let output = [input[0], channels, size.x, size.y]
            let kernel = [
                channels, input[1] / window.groups, window.kernel.x, window.kernel.y,
            ]
            let x = try backend.input(input, 1, layout)
            let weight = try backend.input(kernel, 2, layout)
            let bias = try backend.input([channels], 3)
            let gradient = try backend.input(output, 4, layout)
            return [
                try backend.filled(output) {
                    backend.conv2d(x, weight, bias: bias, window, into: $0)
                },
                try backend.filled(output) {
                    backend.conv2d(x, weight, bias: nil, window, into: $0)
                },
                try backend.filled(input) {
                    backend.conv2dInputGradient(gradient, weight, window, into: $0)
                },
                try backend.filled(kernel) {
                    backend.conv2dWeightGradient(x, gradient, window, into: $0)
                },
            ]
        }
    }
}

/// What it is, the input's shape, output channels, window.
private let windows: [(String, Shape, Int, Window2D)] = [
    ("3x3", [2, 3, 8, 9], 4, Window2D(kernel: [3, 3])),
    ("3x3 padded", [2, 5, 16, 16], 8, Window2D(kernel: [3, 3], padding: [1, 1])),
    ("3x3 padded, one image", [1, 12, 33, 31], 12, Window2D(kernel: [3, 3], padding: [1, 1])),
    ("1x1", [2, 7, 6, 11], 9, Window2D(kernel: [1, 1])),
    ("1x1 strided", [2, 3, 7, 8], 5, Window2D(kernel: [1, 1], stride: [2, 3])),
    ("patches", [3, 3, 12, 16], 10, Window2D(kernel: [4, 4], stride: [4, 4])),
    ("patches with a rest", [1, 3, 15, 13], 6, Window2D(kernel: [4, 4], stride: [4, 4])),
    ("2x2 stride 2", [2, 4, 7, 7], 6, Window2D(kernel: [2, 2], stride: [2, 2])),
    (
        "uneven", [2, 4, 9, 10], 6,
        Window2D(kernel: [3, 2], stride: [2, 1], padding: [2, 1], dilation: [1, 3])
    ),
    ("dilated", [1, 2, 11, 12], 3, Window2D(kernel: [3, 3], padding: [2, 2], dilation: [2, 2])),
    ("groups", [2, 6, 8, 7], 4, Window2D(kernel: [3, 3], padding: [1, 1], groups: 2)),
    ("depthwise", [2, 5, 8, 9], 5, Window2D(kernel: [3, 3], padding: [1, 1], groups: 5)),
    ("kernel as large as the map", [2, 3, 5, 4], 2, Window2D(kernel: [5, 4])),
    ("one pixel", [2, 3, 1, 1], 4, Window2D(kernel: [3, 3], padding: [1, 1])),
]
