import Foundation
import HireArray
import HireNN
import HireTensor

/// One joint bilateral upsampling stage: the kernel of every pixel of a guidance map (FeatUp's `JBULearnedRange`).
///
/// Takes guidance [N, g, H, W] and gives kernels [N, (2r+1)^2, H, W], the same for every feature channel. The stage
/// takes its grid from the guidance: features of any size are resized to it.
public final class JointBilateralStage: Layer {
    /// Its parameters and perceptrons by FeatUp's names.
    public let scope = ModuleScope()
    /// Reach of the kernel; it has (2r+1)^2 taps.
    public let radius: Int
    private let temperature: Parameter
    private let spatialDeviation: Parameter
    private let projection: PointwiseMLP
    private let fixup: PointwiseMLP?
    private let squaredDistances: Tensor

    /// A stage for guidance of a given width.
    ///
    /// - Parameters:
    ///   - keySize: width of the space in which neighbours are compared (32 in FeatUp).
    ///   - dropout: probability of dropping a whole channel of the hidden layers while training.
    ///   - hasFixup: whether a perceptron corrects the normalised kernels, as in FeatUp.
    public init(
        guidanceChannels: Int, keySize: Int = 32, radius: Int = 3, dropout: Double = 0.1,
        hasFixup: Bool = true, in context: Context
    ) throws {
        self.radius = radius
        let taps = (2 * radius + 1) * (2 * radius + 1)
        temperature = scope.parameter("range_temp", [], .constant(0), in: context)
        spatialDeviation = scope.parameter("sigma_spatial", [], .constant(1), in: context)
        projection = scope.child(
            "range_proj",
            PointwiseMLP(guidanceChannels, hidden: keySize, keySize, dropout: dropout, in: context))
        fixup =
            hasFixup
            ? scope.child(
                "fixup_proj",
                PointwiseMLP(
                    guidanceChannels + taps, hidden: taps, taps, dropout: dropout, in: context))
            : nil
        scope.declareCapture("kernel")
        squaredDistances = try context.tensor(Self.squaredDistances(radius: radius), [taps])
    }

    /// Kernels [N, taps, H, W] of guidance [N, g, H, W]; captured as `kernel`.
    public func forward(_ guidance: Tensor) throws -> Tensor {
        let scale = try temperature.tensor.exp().clamp(min: 1e-4, max: 1e4)
        // exp(-d^2 / (2 sigma^2))
        let exponent = try spatialDeviation.tensor.square().reciprocal().scaled(by: -0.5)
        let spatial = try (squaredDistances * exponent).exp()
        return try scope.capture("kernel", kernel(guidance, scale, spatial))
    }

    /// In one pass that keeps nothing, unless someone watches what is between.
    private func kernel(
        _ guidance: Tensor, _ temperature: Tensor, _ spatial: Tensor
    ) throws -> Tensor {
        guard let fixup, !projection.scope.isWatched, !fixup.scope.isWatched,
            !guidance.context.checksFinite
        else {
            let normalised = try projection(guidance).bilateralKernel(
                temperature: temperature, spatial: spatial, radius: radius)
            guard let fixup else { return normalised }
            let correction = try fixup(Tensor.concat([normalised, guidance], dim: 1))
            return try normalised + correction.scaled(by: Self.correction)
        }
        let (batch, context) = (guidance.shape.first ?? 0, guidance.context)
        return try guidance.bilateralStage(
            projection: projection.layers(), fixup: fixup.layers(), temperature: temperature,
            spatial: spatial, radius: radius, correction: Self.correction,
            projectionScales: projection.dropoutScales(batch: batch, in: context),
            fixupScales: fixup.dropoutScales(batch: batch, in: context))
    }

    /// The share of the correction in a kernel.
    private static let correction = 0.1

    /// x^2 + y^2 on a grid of (2r+1)^2 points over [-1, 1], rows outermost.
    private static func squaredDistances(radius: Int) -> [Double] {
        let steps = (-radius...radius).map { radius == 0 ? 0 : Double($0) / Double(radius) }
        return steps.flatMap { y in steps.map { x in x * x + y * y } }
    }
}
