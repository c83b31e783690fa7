import Foundation
import HireArray

/// One stage's intermediate values, in the order in which they are made.
private struct BilateralStageRun {
    let projection, fixup: PerceptronRun
    /// The projected guidance, the kernel before its correction, and its softmax, as arrays of the back-end.
    let projected, normalised, range: NDArray

    var out: Numbers { fixup.output }
}

/// Two linear layers per pixel with GELU between them, and what they make of an input [b, in, H, W].
private struct PerceptronRun {
    let input, firstWeight, secondWeight, hidden, active, output: Numbers
    let scales: Numbers?

    init(_ input: Numbers, _ arrays: BilateralStageArrays.Perceptron, _ scales: NDArray?) {
        self.input = input
        firstWeight = Numbers(arrays.firstWeight)
        secondWeight = Numbers(arrays.secondWeight)
        self.scales = scales.map(Numbers.init)
        hidden = Self.linear(input, firstWeight, Numbers(arrays.firstBias))
        var active = hidden
        for (place, value) in hidden.values.enumerated() {
            active[place] = value * Self.distribution(value)
        }
        Self.scale(&active, self.scales)
        self.active = active
        output = Self.linear(active, secondWeight, Numbers(arrays.secondBias))
    }

    /// The gradients of input and of the four arrays.
    func gradients(_ slope: Numbers) -> (input: Numbers, arrays: [Numbers]) {
        let second = Self.linearGradient(active, secondWeight, slope)
        var inner = second.input
        Self.scale(&inner, scales)
        for (place, value) in hidden.values.enumerated() {
            let density = exp(-value * value / 2) / (2 * Double.pi).squareRoot()
            inner[place] *= Self.distribution(value) + value * density
        }
        let first = Self.linearGradient(input, firstWeight, inner)
        return (first.input, [first.weight, first.bias, second.weight, second.bias])
    }

    private static func distribution(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }

    private static func scale(_ x: inout Numbers, _ scales: Numbers?) {
        guard let scales else { return }
        let plane = x.shape[2] * x.shape[3]
        for place in x.values.indices { x[place] *= scales[place / plane] }
    }

    private static func linear(_ x: Numbers, _ weight: Numbers, _ bias: Numbers) -> Numbers {
        let (batch, rows, columns) = (x.shape[0], x.shape[2], x.shape[3])
        var out = Numbers(zeros: [batch, weight.shape[0], rows, columns])
        forEachPixel(x.shape) { b, y, column in
            for o in 0..<weight.shape[0] {
                out[b, o, y, column] = (0..<weight.shape[1]).reduce(bias[o]) {
                    $0 + weight[o, $1] * x[b, $1, y, column]
                }
            }
        }
        return out
    }

    private static func linearGradient(
        _ x: Numbers, _ weight: Numbers, _ slope: Numbers
    ) -> (input: Numbers, weight: Numbers, bias: Numbers) {
        var (dInput, dWeight) = (Numbers(zeros: x.shape), Numbers(zeros: weight.shape))
        var dBias = Numbers(zeros: [weight.shape[0]])
        forEachPixel(x.shape) { b, y, column in
            for o in 0..<weight.shape[0] {
                let value = slope[b, o, y, column]
                dBias[o] += value
                for i in 0..<weight.shape[1] {
                    dWeight[o, i] += value * x[b, i, y, column]
                    dInput[b, i, y, column] += value * weight[o, i]
                }
            }
        }
        return (dInput, dWeight, dBias)
    }

    private static func forEachPixel(_ shape: Shape, _ body: (Int, Int, Int) -> Void) {
        for b in 0..<shape[0] {
            for y in 0..<shape[2] { for x in 0..<shape[3] { body(b, y, x) } }
        }
    }
}

extension ReferenceBackend {
    /// The kernel of each pixel as one joint bilateral stage makes it (FeatUp, `JBULearnedRange`, steps 2 to 4).
    public func bilateralStage(
        _ guidance: NDArray, _ arrays: BilateralStageArrays, _ kernel: BilateralStageKernel,
        into out: NDArray
    ) {
        let run = stage(guidance, arrays, kernel)
        var result = Numbers(run.normalised)
        for place in result.values.indices {
            result[place] += kernel.correction * run.out[place]
        }
        result.write(to: out)
    }

    /// Gradients of `bilateralStage`.
    public func bilateralStageGradient(
        _ guidance: NDArray, _ arrays: BilateralStageArrays, _ kernel: BilateralStageKernel,
        _ gradient: NDArray, into out: NDArray?, arrayGradients: BilateralStageArrays
    ) {
        let run = stage(guidance, arrays, kernel)
        var slope = Numbers(gradient)
        var corrected = slope
        for place in slope.values.indices { corrected[place] *= kernel.correction }
        let fixup = run.fixup.gradients(corrected)
        let taps = kernel.taps
        forEach(slope.shape) { b, tap, y, x in slope[b, tap, y, x] += fixup.input[b, tap, y, x] }
        let kernelSlope = made(slope.shape, gradient.dtype)
        slope.write(to: kernelSlope)
        let projectedSlope = made(run.projected.shape, gradient.dtype)
        bilateralKernelGradient(
            run.projected, temperature: arrays.temperature, spatial: arrays.spatial,
            radius: kernel.radius, range: run.range, kernelSlope, into: projectedSlope,
            temperatureGradient: arrayGradients.temperature,
            spatialGradient: arrayGradients.spatial)
        let projection = run.projection.gradients(Numbers(projectedSlope))
        for (values, array) in zip(projection.arrays, arrayGradients.projection.all) {
            values.write(to: array)
        }
        for (values, array) in zip(fixup.arrays, arrayGradients.fixup.all) {
            values.write(to: array)
        }
        guard let out else { return }
        var input = projection.input
        forEach(input.shape) { b, channel, y, x in
            input[b, channel, y, x] += fixup.input[b, taps + channel, y, x]
        }
        input.write(to: out)
    }

    private func stage(
        _ guidance: NDArray, _ arrays: BilateralStageArrays, _ kernel: BilateralStageKernel
    ) -> BilateralStageRun {
        let input = Numbers(guidance)
        let projection = PerceptronRun(input, arrays.projection, kernel.projectionScales)
        let projected = made(projection.output.shape, guidance.dtype)
        projection.output.write(to: projected)
        let shape = [input.shape[0], kernel.taps, input.shape[2], input.shape[3]]
        let (range, normalised) = (made(shape, guidance.dtype), made(shape, guidance.dtype))
        bilateralKernel(
            projected, temperature: arrays.temperature, spatial: arrays.spatial,
            radius: kernel.radius, range: range, into: normalised)
        let first = Numbers(normalised)
        var both = Numbers(
            zeros: [shape[0], kernel.taps + input.shape[1], shape[2], shape[3]])
        forEach(both.shape) { b, channel, y, x in
            both[b, channel, y, x] =
                channel < kernel.taps
                ? first[b, channel, y, x] : input[b, channel - kernel.taps, y, x]
        }
        let fixup = PerceptronRun(both, arrays.fixup, kernel.fixupScales)
        return BilateralStageRun(
            projection: projection, fixup: fixup, projected: projected, normalised: normalised,
            range: range)
    }

    private func made(_ shape: Shape, _ dtype: DType) -> NDArray {
        do {
            return try allocate(shape, dtype)
        } catch {
            fatalError("\(error)")
        }
    }

    private func forEach(_ shape: Shape, _ body: (Int, Int, Int, Int) -> Void) {
        for b in 0..<shape[0] {
            for channel in 0..<shape[1] {
                for y in 0..<shape[2] { for x in 0..<shape[3] { body(b, channel, y, x) } }
            }
        }
    }
}
