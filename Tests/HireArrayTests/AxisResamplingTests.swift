import HireArray
import HireTestSupport
import Testing

/// Golden numbers of PyTorch 2.1.2's `F.interpolate` (CPU, float32), tolerance 1e-5, and the adjoint identity.
@Suite struct AxisResamplingTests {
    @Test func bicubicMatchesPyTorch() {
        expect(
            resize(sines(16, 1, 0.5), .bicubic(from: 4, to: 8)), sum: 6.591347, squares: 26.369871,
            first: [-0.155257, 0.015834, 0.292068, 0.619943, 0.809852, 1.013467],
            last: [0.943053, 1.064119, 1.141288])
        expect(
            resize(sines(16, 1, 0.5), .bicubic(from: 4, to: 7)), sum: 5.073603, squares: 20.470432,
            first: [-0.145563, 0.072595, 0.415219, 0.720929, 0.944042, 1.083462],
            last: [0.855898, 1.034135, 1.129219])
        expect(
            resize(sines(81, 1, 0.5), .bicubic(from: 9, to: 3)), sum: 2.282042, squares: 4.364144,
            first: [-0.958924, 0.21512, 0.989358, -0.342481, 0.912945, 0.471639],
            last: [0.551427, 0.87114, -0.428183])
    }

    @Test func bilinearMatchesPyTorch() {
        expect(
            resize(sines(16, 1, 0.5), .bilinear(from: 4, to: 8)), sum: 6.993566, squares: 17.314415,
            first: [0.0, 0.119856, 0.359569, 0.569937, 0.75096, 0.880477],
            last: [0.72724, 0.867747, 0.938])
    }

    @Test func areaMatchesPyTorch() {
        expect(
            resize(sines(81, 1, 0.5), .area(from: 9, to: 4)), sum: 0.235544, squares: 0.273453,
            first: [-0.169795, -0.049475, 0.116331, 0.175184, 0.175405, 0.115145],
            last: [0.177052, 0.093684, -0.075817])
    }

    @Test func nearestTakesTheFloor() {
        let axis = AxisResampling.nearest(from: 5, to: 8)
        #expect(axis.starts == [0, 0, 1, 1, 2, 3, 3, 4])
        #expect(axis.weights.allSatisfy { $0 == [1] })
    }

    /// Each output is an average of inputs, so a constant stays constant.
    @Test(arguments: [(4, 9), (9, 4), (7, 7), (1, 5), (5, 1)])
    func weightsSumToOne(from input: Int, to output: Int) {
        for axis in operators(from: input, to: output) {
            for run in axis.weights { #expect(abs(run.reduce(0, +) - 1) < 1e-12) }
        }
    }

    /// <Ax, y> = <x, A'y> for reproducible x and y.
    @Test(arguments: [(4, 9), (9, 4), (7, 7), (1, 5), (5, 1)])
    func transposedIsTheAdjoint(from input: Int, to output: Int) {
        let x = values(input, seed: 1)
        let y = values(output, seed: 2)
        for axis in operators(from: input, to: output) {
            let forward = zip(apply(axis, x), y).reduce(0) { $0 + $1.0 * $1.1 }
            let backward = zip(x, apply(axis.transposed, y)).reduce(0) { $0 + $1.0 * $1.1 }
            #expect(abs(forward - backward) < 1e-12)
            #expect(axis.transposed.inputLength == output && axis.transposed.outputLength == input)
        }
    }

    private func operators(from input: Int, to output: Int) -> [AxisResampling] {
        [
            .bicubic(from: input, to: output), .bilinear(from: input, to: output),
            .nearest(from: input, to: output), .area(from: input, to: output),
            .antialiased(
                from: input, to: output, support: 2, filter: AxisResampling.pillowCubic),
        ]
    }

    private func apply(_ axis: AxisResampling, _ x: [Double]) -> [Double] {
        zip(axis.starts, axis.weights).map { start, run in
            run.enumerated().reduce(0) { $0 + $1.element * x[start + $1.offset] }
        }
    }

    /// Applies an operator to rows and columns of a square map, and sums.
    private func resize(_ map: [Double], _ axis: AxisResampling) -> [Double] {
        let (input, output) = (axis.inputLength, axis.outputLength)
        var result: [Double] = []
        for row in 0..<output {
            for column in 0..<output {
                var sum = 0.0
                for (i, vertical) in axis.weights[row].enumerated() {
                    for (j, horizontal) in axis.weights[column].enumerated() {
                        let place = (axis.starts[row] + i) * input + axis.starts[column] + j
                        sum += vertical * horizontal * map[place]
                    }
                }
                result.append(sum)
            }
        }
        return result
    }

    private func expect(
        _ got: [Double], sum: Double, squares: Double, first: [Double], last: [Double]
    ) {
        #expect(abs(got.reduce(0, +) - sum) < 1e-4)
        #expect(abs(got.reduce(0) { $0 + $1 * $1 } - squares) < 1e-4)
        for (index, value) in first.enumerated() { #expect(abs(got[index] - value) < 1e-5) }
        for (index, value) in last.reversed().enumerated() {
            #expect(abs(got[got.count - 1 - index] - value) < 1e-5)
        }
    }
}
