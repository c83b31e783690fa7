import Foundation
import HireArray
import HireCPU
import HireNN
import HireReference
import HireTensor
import HireTestSupport
import HireVLM
import Testing

/// Golden numbers of resizing and of FeatUp's joint bilateral upsampling, computed with PyTorch 2.1.2 from
/// inputs a * sin(b * k) of the flat index k.
///
/// Sums to 1e-4 relative, elements to 1e-4 absolute.
struct EnrichmentGoldenTests {
    typealias Computer = OpGoldenTests.Computer

    struct Resize: Sendable {
        let from: Int
        let to: Int
        let mode: InterpolationMode
        let sum: Double
        let squares: Double
        let first: [Double]
        let last: [Double]
    }

    static let resizes = [
        Resize(
            from: 4, to: 8, mode: .bicubic, sum: 6.591347, squares: 26.369871,
            first: [-0.155257, 0.015834, 0.292068, 0.619943, 0.809852, 1.013467],
            last: [0.943053, 1.064119, 1.141288]),
        Resize(
            from: 4, to: 7, mode: .bicubic, sum: 5.073603, squares: 20.470432,
            first: [-0.145563, 0.072595, 0.415219, 0.720929, 0.944042, 1.083462],
            last: [0.855898, 1.034135, 1.129219]),
        Resize(
            from: 9, to: 3, mode: .bicubic, sum: 2.282042, squares: 4.364144,
            first: [-0.958924, 0.21512, 0.989358, -0.342481, 0.912945, 0.471639],
            last: [0.551427, 0.87114, -0.428183]),
        Resize(
            from: 9, to: 4, mode: .area, sum: 0.235544, squares: 0.273453,
            first: [-0.169795, -0.049475, 0.116331, 0.175184, 0.175405, 0.115145],
            last: [0.177052, 0.093684, -0.075817]),
        Resize(
            from: 4, to: 8, mode: .bilinear, sum: 6.993566, squares: 17.314415,
            first: [0.0, 0.119856, 0.359569, 0.569937, 0.75096, 0.880477],
            last: [0.72724, 0.867747, 0.938]),
    ]

    @Test(arguments: resizes, Computer.allCases)
    func resizingIsPyTorchs(_ golden: Resize, _ computer: Computer) throws {
        let context = Context(backend: computer.make())
        let shape = [1, 1, golden.from, golden.from]
        let source = try context.tensor(sines(shape.elementCount, 1, 0.5), shape)
        let result = try source.interpolate(
            to: SIMD2(repeating: golden.to), mode: golden.mode)
        try expectGolden(
            result.array, sum: golden.sum, squares: golden.squares, first: golden.first,
            last: golden.last)
    }

    struct Bilateral: Sendable {
        let guidance: Int
        let key: Int
        let radius: Int
        let from: Int
        let to: Int
        let kernel: Numbers
        let fixed: Numbers
        let output: Numbers
    }

    struct Numbers: Sendable {
        let sum: Double
        let squares: Double
        let first: [Double]
        let last: [Double]
    }

    static let bilaterals = [
        Bilateral(
            guidance: 3, key: 4, radius: 1, from: 3, to: 6,
            kernel: Numbers(
                sum: 36, squares: 5.405132,
                first: [0.057184, 0.057858, 0.057262, 0.056511, 0.055803, 0.055158],
                last: [0.057237, 0.057008, 0.057564]),
            fixed: Numbers(
                sum: 34.463229, squares: 5.724612,
                first: [0.043443, 0.050343, 0.054608, 0.056266, 0.055055, 0.051239],
                last: [0.061953, 0.062484, 0.063397]),
            output: Numbers(
                sum: 15.211582, squares: 26.407338,
                first: [0.061634, 0.148359, 0.357778, 0.582921, 0.744582, 0.806695],
                last: [0.894528, 0.827981, 0.789318])),
        Bilateral(
            guidance: 5, key: 32, radius: 3, from: 4, to: 9,
            kernel: Numbers(
                sum: 81, squares: 3.980329,
                first: [0.003564, 0.002278, 0.001731, 0.001548, 0.002043, 0.002632],
                last: [0.005048, 0.002862, 0.001652]),
            fixed: Numbers(
                sum: 81.855623, squares: 31.157468,
                first: [-0.103903, -0.105379, -0.10595, -0.106002, -0.105377, -0.104827],
                last: [0.071756, 0.067128, 0.063677]),
            output: Numbers(
                sum: 8.756568, squares: 17.597882,
                first: [0.490579, 0.489549, 0.524991, 0.554653, 0.558737, 0.541677],
                last: [0.580622, 0.488327, 0.433])),
    ]

    /// The stage of FeatUp's `JBULearnedRange` (temperature 0.2, sigma 0.8), written with operations.
    @Test(arguments: bilaterals, Computer.allCases)
    func bilateralStageIsFeatUps(_ golden: Bilateral, _ computer: Computer) throws {
        let context = Context(backend: computer.make())
        let taps = (2 * golden.radius + 1) * (2 * golden.radius + 1)
        let channels = golden.guidance + taps
        // The c-th parameter in the order of their names has elements 0.3 * sin(k + 1 + c).
        func fill(_ number: Int, _ shape: Shape) throws -> Tensor {
            try context.tensor(
                (0..<shape.elementCount).map { 0.3 * sin(Double($0 + 1 + number)) }, shape)
        }
        let guidanceShape = [1, golden.guidance, golden.to, golden.to]
        let guidance = try context.tensor(
            sines(guidanceShape.elementCount, 1, 0.31), guidanceShape)
        let projected = try guidance.conv2d(
            fill(5, [golden.key, golden.guidance, 1, 1]), fill(4, [golden.key])
        ).gelu().conv2d(fill(7, [golden.key, golden.key, 1, 1]), fill(6, [golden.key]))

        let side = 2 * golden.radius + 1
        let places = (0..<side).map { Double($0 - golden.radius) / Double(golden.radius) }
        let window: [Double] = places.flatMap { (y: Double) -> [Double] in
            places.map { (x: Double) -> Double in exp(-(x * x + y * y) / 1.28) }
        }
        let kernel = try projected.bilateralKernel(
            temperature: context.tensor([Float(exp(0.2))], []),
            spatial: context.tensor(window, [taps]), radius: golden.radius)
        try Self.check(kernel, golden.kernel)

        let correction = try Tensor.concat([kernel, guidance], dim: 1)
            .conv2d(fill(1, [taps, channels, 1, 1]), fill(0, [taps])).gelu()
            .conv2d(fill(3, [taps, taps, 1, 1]), fill(2, [taps]))
        let fixed = try kernel + correction.scaled(by: 0.1)
        try Self.check(fixed, golden.fixed)

        let sourceShape = [1, 2, golden.from, golden.from]
        let source = try context.tensor(sines(sourceShape.elementCount, 1, 0.5), sourceShape)
        let r = golden.radius
        let output = try source.interpolate(to: SIMD2(repeating: golden.to), mode: .bicubic)
            .pad2d(r, r, r, r, mode: .reflect).adaptiveConv(fixed, radius: r)
        try Self.check(output, golden.output)
    }

    /// The same numbers from the stage that enrichers are made of, with its parameters loaded by their names.
    @Test(arguments: bilaterals, Computer.allCases)
    func theStageIsFeatUps(_ golden: Bilateral, _ computer: Computer) throws {
        let context = Context(backend: computer.make())
        let stage = try JointBilateralStage(
            guidanceChannels: golden.guidance, keySize: golden.key, radius: golden.radius,
            in: context)
        stage.train(false)
        var state = StateDict()
        let named = stage.parameters().filter { !$0.parameter.shape.isEmpty }
        for (number, item) in named.sorted(by: { $0.path < $1.path }).enumerated() {
            let shape = item.parameter.shape
            state[item.path] = try context.tensor(
                (0..<shape.elementCount).map { 0.3 * sin(Double($0 + 1 + number)) }, shape
            ).array
        }
        #expect(state.count == 8)
        state["range_temp"] = try context.tensor([Float(0.2)], []).array
        state["sigma_spatial"] = try context.tensor([Float(0.8)], []).array
        try stage.load(state, strict: true)
        let shape = [1, golden.guidance, golden.to, golden.to]
        let kernel = try stage(context.tensor(sines(shape.elementCount, 1, 0.31), shape))
        try Self.check(kernel, golden.fixed)
        let sourceShape = [1, 2, golden.from, golden.from]
        let source = try context.tensor(sines(sourceShape.elementCount, 1, 0.5), sourceShape)
        let pushed = try [stage].highResolution(FeatureMap(map: source), [kernel])
        try Self.check(pushed.map(), golden.output)
    }

    /// FeatUp's adaptive convolution and the gradients of the sum of squares, for every tap.
    @Test(arguments: Computer.allCases)
    func adaptiveConvolutionIsFeatUps(_ computer: Computer) throws {
        let context = Context(backend: computer.make())
        let x = Tensor.variable(
            try context.tensor(sines(50, 1, 0.5), [1, 2, 5, 5]).array, in: context)
        // FeatUp keeps filters as [b, H, W, kh, kw].
        let filters = Tensor.variable(
            try context.tensor(sines(81, 1, 0.17), [1, 3, 3, 9]).array, in: context)
        let output = try x.adaptiveConv(filters.permute([0, 3, 1, 2]), radius: 1)
        try expectGolden(
            output.array, sum: 0.674376, squares: 16.793860,
            first: [-1.26625, 1.134496, 0.403322, -0.020395, 1.414669, -0.874737],
            last: [0.527649, 0.44468, -1.428212])
        try output.square().sum().backward()
        try expectGolden(
            #require(x.gradient).array, sum: -41.861612, squares: 136.694487,
            first: [0.0, 1.83865, 1.471267, 2.096964, -0.206131, -1.195825],
            last: [-3.323618, -2.595016, -2.454131])
        try expectGolden(
            #require(filters.gradient).array, sum: 7.907284, squares: 454.908976,
            first: [0.17155, -2.300958, -4.210111, -3.197679, -0.891439, 1.633055],
            last: [5.750663, 5.125305, 3.245093])
    }

    private static func check(_ tensor: Tensor, _ golden: Numbers) throws {
        try expectGolden(
            tensor.array, sum: golden.sum, squares: golden.squares, first: golden.first,
            last: golden.last)
    }
}
