import Foundation
import HireArray
import HireReference
import HireTestSupport
import Testing

/// Golden numbers of FeatUp's `JBULearnedRange` (PyTorch 2.1.2, CPU, float32), tolerance 1e-4.
///
/// The learned tensors are filled with 0.3 sin(k + 1 + c), c counting their sorted names; range_temp is 0.2 and
/// sigma_spatial 0.8; the source is sin(0.5 k), the guidance sin(0.31 k).
@Suite struct BilateralKernelTests {
    private let backend = ReferenceBackend()

    @Test func smallStageMatchesFeatUp() throws {
        let stage = try run(guidance: 3, key: 4, radius: 1, from: 3, to: 6)
        try expectGolden(
            stage.normalised, sum: 36.000000, squares: 5.405132,
            first: [0.057184, 0.057858, 0.057262, 0.056511, 0.055803, 0.055158],
            last: [0.057237, 0.057008, 0.057564])
        try expectGolden(
            stage.fixed, sum: 34.463229, squares: 5.724612,
            first: [0.043443, 0.050343, 0.054608, 0.056266, 0.055055, 0.051239],
            last: [0.061953, 0.062484, 0.063397])
        try expectGolden(
            stage.output, sum: 15.211582, squares: 26.407338,
            first: [0.061634, 0.148359, 0.357778, 0.582921, 0.744582, 0.806695],
            last: [0.894528, 0.827981, 0.789318])
    }

    @Test func fullRadiusMatchesFeatUp() throws {
        let stage = try run(guidance: 5, key: 32, radius: 3, from: 4, to: 9)
        try expectGolden(
            stage.normalised, sum: 81.000000, squares: 3.980329,
            first: [0.003564, 0.002278, 0.001731, 0.001548, 0.002043, 0.002632],
            last: [0.005048, 0.002862, 0.001652])
        try expectGolden(
            stage.fixed, sum: 81.855623, squares: 31.157468,
            first: [-0.103903, -0.105379, -0.10595, -0.106002, -0.105377, -0.104827],
            last: [0.071756, 0.067128, 0.063677])
        try expectGolden(
            stage.output, sum: 8.756568, squares: 17.597882,
            first: [0.490579, 0.489549, 0.524991, 0.554653, 0.558737, 0.541677],
            last: [0.580622, 0.488327, 0.433])
    }

    /// One stage: 1x1 convolutions of the guidance, bilateral kernel, correction, resize, adaptive convolution.
    private func run(
        guidance channels: Int, key: Int, radius: Int, from source: Int, to grid: Int
    ) throws -> (normalised: NDArray, fixed: NDArray, output: NDArray) {
        let diameter = 2 * radius + 1
        let taps = diameter * diameter
        let guidance = try backend.array(
            sines(channels * grid * grid, 1, 0.31), [1, channels, grid, grid])
        // Sorted names: fixup_proj.0.{bias,weight}, .3.{bias,weight}, range_proj.0.{…}, .3.{…}.
        let hidden = try convolve(guidance, key, number: 4)
        let projected = try convolve(try gelu(hidden), key, number: 6)

        let offsets = (0..<diameter).map { -1 + 2 * Double($0) / Double(diameter - 1) }
        let falloff = offsets.map { (offset: Double) -> Double in exp(-offset * offset / 1.28) }
        let spatial = falloff.flatMap { vertical in falloff.map { vertical * $0 } }
        let range = try backend.allocate([1, taps, grid, grid], .float64)
        let normalised = try filled([1, taps, grid, grid]) {
            backend.bilateralKernel(
                projected, temperature: try backend.array([exp(0.2)] as [Double], []),
                spatial: try backend.array(spatial, [1, taps, 1, 1]), radius: radius, range: range,
                into: $0)
        }

        let joined = try filled([1, taps + channels, grid, grid]) { out in
            backend.copy(normalised, into: out.sliced(axis: 1, start: 0, length: taps))
            backend.copy(guidance, into: out.sliced(axis: 1, start: taps, length: channels))
        }
        let correction = try convolve(
            try gelu(try convolve(joined, taps, number: 0)), taps, number: 2)
        let fixed = try filled(normalised.shape) { out in
            backend.copy(normalised, into: out)
            backend.accumulate(correction, scale: 0.1, into: out)
        }

        let resampling = AxisResampling.bicubic(from: source, to: grid)
        let resized = try filled([1, 2, grid, grid]) {
            backend.resample(
                try backend.array(sines(2 * source * source, 1, 0.5), [1, 2, source, source]),
                rows: resampling, columns: resampling, into: $0)
        }
        let padded = try filled([1, 2, grid + 2 * radius, grid + 2 * radius]) {
            backend.pad2d(resized, SIMD4(repeating: radius), .reflect, into: $0)
        }
        let output = try filled([1, 2, grid, grid]) {
            backend.adaptiveConv(padded, fixed, radius: radius, into: $0)
        }
        return (normalised, fixed, output)
    }

    /// A 1x1 convolution whose bias and weight are tensors `number` and `number + 1` of the fill.
    private func convolve(_ x: NDArray, _ channels: Int, number: Int) throws -> NDArray {
        let fill = { (count: Int, tensor: Int) in
            (0..<count).map { 0.3 * sin(Double($0 + 1 + tensor)) }
        }
        let bias = try backend.array(fill(channels, number), [channels])
        let weight = try backend.array(
            fill(channels * x.shape[1], number + 1), [channels, x.shape[1], 1, 1])
        return try filled([1, channels, x.shape[2], x.shape[3]]) {
            backend.conv2d(x, weight, bias: bias, Window2D(kernel: [1, 1]), into: $0)
        }
    }

    private func gelu(_ x: NDArray) throws -> NDArray {
        try filled(x.shape) { backend.unary(.gelu, x, into: $0) }
    }

    private func filled(_ shape: Shape, by kernel: (NDArray) throws -> Void) throws -> NDArray {
        try backend.filled(shape, .float64, by: kernel)
    }
}
