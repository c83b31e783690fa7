import HireArray
import HireReference
import HireTestSupport
import Testing

/// Golden numbers of PyTorch 2.13.0 (CPU, float64), printed by Tests/Goldens/generate/reference_kernels.py.
///
/// Inputs are sin(step * k) over the flat index k; tolerance 1e-7, the golden numbers have nine digits.
@Suite struct PyTorchGoldenTests {
    private let backend = ReferenceBackend()

    private func seq(_ shape: Shape, _ step: Double) throws -> NDArray {
        try backend.array(sines(shape.elementCount, 1, step), shape)
    }

    private func empty(_ shape: Shape, _ dtype: DType = .float64) throws -> NDArray {
        try backend.filled(shape, dtype) { _ in }
    }

    /// Runs a kernel and compares what it writes.
    private func golden(
        _ shape: Shape, sum: Double, squares: Double, first: [Double], last: [Double],
        line: Int = #line, _ kernel: (NDArray) throws -> Void
    ) throws {
        let out = try backend.filled(shape, .float64, by: kernel)
        try expectGolden(
            out, sum: sum, squares: squares, first: first, last: last, tolerance: 1e-7, line: line)
    }

    @Test func convolutions() throws {
        let window = Window2D(
            kernel: [3, 2], stride: [2, 1], padding: [1, 2], dilation: [1, 2], groups: 2)
        try golden(
            [2, 6, 3, 7], sum: 31.4055069, squares: 1405.67254,
            first: [-1.2122626, -1.05375106, -1.30506706], last: [-2.59853382, -1.74654279]
        ) {
            backend.conv2d(
                try seq([2, 4, 6, 5], 0.3), try seq([6, 2, 3, 2], 0.7), bias: try seq([6], 0.9),
                window, into: $0)
        }
        try golden(
            [1, 3, 6, 3], sum: -0.0478836673, squares: 39.0022875,
            first: [0.499898175, 1.18113263, 1.27595543], last: [-0.201254727, 0.016971907]
        ) {
            backend.conv2dInputGradient(
                try seq([1, 4, 3, 3], 0.3), try seq([4, 3, 2, 3], 0.7),
                Window2D(kernel: [2, 3], stride: [2, 1], padding: [0, 1]), into: $0)
        }
    }

    @Test func poolingAndPadding() throws {
        let x = try seq([2, 4, 6, 5], 0.3)
        let window = Window2D(kernel: [3, 2], stride: [2, 2], padding: [1, 1])
        try golden(
            [2, 4, 3, 3], sum: 52.1963809, squares: 48.1598434,
            first: [0.997494987, 0.973847631, 0.932039086], last: [0.993490218, 0.884285494]
        ) {
            backend.maxPool2d(x, window, into: $0, indices: try empty([2, 4, 3, 3], .int32))
        }
        try golden(
            [2, 4, 3, 3], sum: 1.00722134, squares: 4.70599203,
            first: [0.166249164, 0.449536613, 0.469701509], last: [0.123675558, 0.302696853]
        ) { backend.avgPool2d(x, window, into: $0) }
        try golden(
            [2, 4, 8, 9], sum: 14.0565956, squares: 288.494996,
            first: [-0.687766159, -0.442520443, -0.157745694], last: [0.528328814, 0.755640226]
        ) { backend.pad2d(x, [2, 0, 3, 1], .reflect, into: $0) }
        try golden(
            [2, 4, 8, 9], sum: 18.8551738, squares: 286.673222, first: [0, 0, 0],
            last: [0.528328814, 0.528328814]
        ) { backend.pad2d(x, [2, 0, 3, 1], .replicate, into: $0) }
    }

    /// Three times sin(0.8 k), the rows of several cases.
    private func wideRows() throws -> NDArray { try backend.array(sines(21, 3, 0.8), [3, 7]) }

    @Test func softmaxAndLoss() throws {
        let rows = try wideRows()
        try golden(
            [3, 7], sum: 3, squares: 1.0866565, first: [0.0261491739, 0.224951736, 0.524548771],
            last: [0.112445372, 0.0110183439]
        ) { backend.softmax(rows, logarithmic: false, into: $0) }
        try golden(
            [3, 7], sum: -70.0230407, squares: 320.633488,
            first: [-3.64393768, -1.49186941, -0.64521687], last: [-2.18528776, -4.50819377]
        ) { backend.softmax(rows, logarithmic: true, into: $0) }
        try golden(
            [3], sum: 5.15341064, squares: 20.7401159, first: [0.64521687, 0, 4.50819377],
            last: [0, 4.50819377]
        ) {
            backend.crossEntropy(
                rows, try backend.array([2, -100, 6], [3], as: .int32), ignoreIndex: -100, into: $0,
                probabilities: try empty([3, 7]))
        }
    }

    @Test func normalisations() throws {
        let rows = try seq([3, 7], 0.8)
        try golden(
            [3, 7], sum: 14.3587964, squares: 29.7604375, first: [0, 0.994905293, 2.02319695],
            last: [0.477184137, -0.524400741]
        ) {
            backend.layerNorm(
                rows, weight: try seq([7], 0.5), bias: try seq([7], 0.6), epsilon: 1e-3, into: $0,
                mean: try empty([3]), inverseDeviation: try empty([3]))
        }
        try golden(
            [3, 7], sum: 7.54974979, squares: 10.5022904, first: [0, 0.483243791, 1.18185515],
            last: [0.424129101, -0.0591966317]
        ) {
            backend.rmsNorm(
                rows, weight: try seq([7], 0.5), epsilon: 1e-3, into: $0,
                inverseRoot: try empty([3]))
        }
        try golden(
            [2, 4, 6, 5], sum: 148.231751, squares: 243.893734, first: [0, 0, 0],
            last: [1.8905793, 1.5657339]
        ) {
            let x = try seq([2, 4, 6, 5], 0.3)
            let (mean, variance) = (try empty([4]), try empty([4]))
            backend.channelStatistics(x, mean: mean, variance: variance)
            backend.batchNorm(
                x, mean: mean, variance: variance, weight: try seq([4], 0.5),
                bias: try seq([4], 0.6), epsilon: 1e-3, into: $0)
        }
    }

    @Test func activations() throws {
        let rows = try wideRows()
        let expected:
            [(kernel: UnaryKernel, sum: Double, squares: Double, first: [Double], last: [Double])] =
                [
                    (
                        .gelu, 21.0699818, 51.7488594, [0, 2.11828943, 2.99465581],
                        [1.35376101, -0.167450577]
                    ),
                    (
                        .geluTanh, 21.0733819, 51.761087, [0, 2.11851722, 2.99506857],
                        [1.35353508, -0.167555456]
                    ),
                    (
                        .quickGelu, 20.849644, 51.0839502, [0, 2.09822766, 2.98061807],
                        [1.34680975, -0.161459688]
                    ),
                    (
                        .silu, 18.3248513, 45.3403852, [0, 1.92795595, 2.85633046],
                        [1.18400582, -0.256145981]
                    ),
                    (
                        .sigmoid, 11.5843545, 8.91811263, [0.5, 0.895861891, 0.952516304],
                        [0.811409684, 0.296564814]
                    ),
                    (
                        .erf, 2.51117154, 16.3524441, [0, 0.997661442, 0.999977731],
                        [0.960945753, -0.778092005]
                    ),
                    (.round, 6, 90, [0, 2, 3], [1, -1]),
                ]
        for row in expected {
            try golden(
                [3, 7], sum: row.sum, squares: row.squares, first: row.first, last: row.last
            ) { backend.unary(row.kernel, rows, into: $0) }
        }
    }

    @Test func causalAttentionWithCachedAndSharedKeys() throws {
        try golden(
            [2, 4, 3, 5], sum: 0.184003133, squares: 8.70840026,
            first: [0.0155993953, 0.189277553, 0.219714232], last: [0.169341239, 0.193038679]
        ) {
            backend.attention(
                try seq([2, 4, 3, 5], 0.3), try seq([2, 2, 5, 5], 0.7), try seq([2, 2, 5, 5], 0.9),
                mask: nil, AttentionKernel(scale: 0.5, isCausal: true, queryOffset: 2), into: $0,
                probabilities: nil)
        }
    }

    @Test func indexingAndRunningSums() throws {
        let table = try seq([3, 4], 0.3)
        let indices = try backend.array([2, 0, 1, 1, 1, 2], [2, 3], as: .int32)
        try golden(
            [2, 3], sum: 4.0154851, squares: 3.37556987,
            first: [0.675463181, 0.295520207, 0.973847631], last: [0.997494987, 0.141120008]
        ) { backend.gather(table, axis: 0, indices, into: $0) }
        try golden(
            [3, 4], sum: 12.2679457, squares: 16.5263604, first: [0, 0.588087673, 0.389418342],
            last: [1.81859485, 0.808496404]
        ) {
            backend.copy(try seq([3, 4], 0.2), into: $0)
            backend.scatterAdd(try seq([2, 3], 0.4), axis: 0, indices, into: $0)
        }
        try golden(
            [3, 4], sum: 13.5498683, squares: 19.2197833, first: [0, 0.295520207, 0.564642473],
            last: [1.67961011, 1.48879058]
        ) { backend.cumulativeSum(table, axis: 0, into: $0) }
    }

    /// Three steps with gradients sin((0.4 + step) k).
    @Test func optimizers() throws {
        try golden(
            [5], sum: 1.81522547, squares: 1.1877678, first: [0, 0.00348676445, 0.371033191],
            last: [0.642014301, 0.798691215]
        ) { parameter in
            backend.copy(try seq([5], 0.3), into: parameter)
            let (first, second) = (try empty([5]), try empty([5]))
            backend.fill(first, 0)
            backend.fill(second, 0)
            for step in 0..<3 {
                // Half the gradient's scale undoes its doubling.
                backend.adamW(
                    parameter,
                    gradient: try backend.array(sines(5, 2, 0.4 + Double(step)), [5]),
                    firstMoment: first, secondMoment: second,
                    AdamWKernel(
                        learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-6,
                        weightDecay: 0.05, step: step + 1, gradientScale: 0.5))
            }
        }
        try golden(
            [5], sum: 1.69065796, squares: 1.11372034, first: [0, -0.071816201, 0.391965828],
            last: [0.596431265, 0.774077068]
        ) { try momentumSteps($0, nesterov: false) }
        try golden(
            [5], sum: 1.4358219, squares: 1.0641026, first: [0, -0.24180918, 0.398191026],
            last: [0.520155401, 0.759284657]
        ) { try momentumSteps($0, nesterov: true) }
    }

    private func momentumSteps(_ parameter: NDArray, nesterov: Bool) throws {
        backend.copy(try seq([5], 0.3), into: parameter)
        let buffer = try empty([5])
        backend.fill(buffer, 0)
        for step in 0..<3 {
            backend.sgd(
                parameter, gradient: try seq([5], 0.4 + Double(step)), momentumBuffer: buffer,
                learningRate: 0.1, momentum: 0.9, weightDecay: 0.05, nesterov: nesterov,
                gradientScale: 1)
        }
    }
}
