import HireArray
import HireReference
import HireTestSupport
import Testing

/// Golden numbers of FeatUp's adaptive convolution (PyTorch 2.1.2, CPU, float32), tolerance 1e-4.
@Suite struct AdaptiveConvolutionTests {
    private let backend = ReferenceBackend()

    @Test func forwardAndGradientsMatchFeatUp() throws {
        let source = try backend.array(sines(50, 1, 0.5), [1, 2, 5, 5])
        // FeatUp keeps the taps last: [b, H, W, i, j]; here they are the channel axis [b, i * j, H, W].
        let filters = try backend.array(sines(81, 1, 0.17), [1, 3, 3, 9])
        let kernel = filters.permuted([0, 3, 1, 2])

        let out = try backend.allocate([1, 2, 3, 3], .float64)
        backend.adaptiveConv(source, kernel, radius: 1, into: out)
        try expectGolden(
            out, sum: 0.674376, squares: 16.793860,
            first: [-1.26625, 1.134496, 0.403322, -0.020395, 1.414669, -0.874737],
            last: [0.527649, 0.44468, -1.428212])

        let gradient = try backend.allocate([1, 2, 3, 3], .float64)
        backend.affine(out, scale: 2, shift: 0, into: gradient)
        let sourceGradient = try backend.allocate(source.shape, .float64)
        let kernelGradient = try backend.allocate(kernel.shape, .float64)
        backend.adaptiveConvGradient(
            source, kernel, radius: 1, gradient, sourceGradient: sourceGradient,
            kernelGradient: kernelGradient)
        try expectGolden(
            sourceGradient, sum: -41.861612, squares: 136.694487,
            first: [0.0, 1.83865, 1.471267, 2.096964, -0.206131, -1.195825],
            last: [-3.323618, -2.595016, -2.454131])
        try expectGolden(
            kernelGradient.permuted([0, 2, 3, 1]), sum: 7.907284, squares: 454.908976,
            first: [0.17155, -2.300958, -4.210111, -3.197679, -0.891439, 1.633055],
            last: [5.750663, 5.125305, 3.245093])
    }
}
