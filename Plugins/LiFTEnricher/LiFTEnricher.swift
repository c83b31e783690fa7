import HireNN
import HireTensor
import HireVLM

/// LiFT as an enricher: output [E(i), pool(LiFT(E(i), picture))].
///
/// A small image branch brings the picture to twice the features' grid and to the grid itself; the coarser map joins the
/// features, a transposed convolution doubles them, the finer joins, and a double convolution and a 1x1 convolution give C
/// channels again.
final class LiFTEnricher: Enricher {
    let scope = ModuleScope()
    let outputChannels: Int
    let outputGrid: SIMD2<Int>
    private let configuration: LiFTEnricherConfiguration
    private let doubling: ConvTranspose2d
    private let mixing: DoubleConvolution
    private let output: Conv2d
    private let finer: ImageBranch
    private let coarser: ImageBranch

    init(_ configuration: LiFTEnricherConfiguration, _ host: HostShape) throws {
        let (channels, width) = (host.channels, ImageBranch.width)
        guard channels % 2 == 0 else {
            throw PluginError.assembly(
                "The enricher 'lift' halves the encoder's channels and needs an even number of them, got "
                    + "\(channels).")
        }
        guard (1...4).contains(configuration.applications) else {
            throw PluginError.configuration(
                plugin: "lift", key: "applications",
                problem: "must be from 1 to 4, got \(configuration.applications)")
        }
        self.configuration = configuration
        outputChannels = 2 * channels
        outputGrid = host.grid
        let half = (channels + width) / 2
        doubling = scope.child(
            at: "up1.up",
            ConvTranspose2d(
                channels + width, half, kernel: [2, 2], stride: [2, 2], in: host.context))
        mixing = scope.child(
            at: "up1.conv_1", DoubleConvolution(half + width, channels / 2, in: host.context))
        output = scope.child(
            "outc", Conv2d(channels / 2, channels, kernel: [1, 1], in: host.context))
        finer = scope.child("image_convs_1", ImageBranch(3, steps: 2, in: host.context))
        coarser = scope.child("image_convs_2", ImageBranch(width, steps: 1, in: host.context))
        scope.declareCapture("high_resolution")
    }

    func forward(_ input: EnricherInput) throws -> FeatureMap {
        var picture = configuration.view == .low ? input.image.low : input.image.high
        var map = try input.base.map()
        for application in 0..<configuration.applications {
            if application > 0 {
                let size = SIMD2(2 * picture.shape[2], 2 * picture.shape[3])
                picture = try picture.interpolate(to: size, mode: .bilinear)
            }
            map = try doubled(map, picture)
        }
        map = try scope.capture("high_resolution", map)
        return try input.base.concatenated(with: FeatureMap(map: map).pooled(to: outputGrid))
    }

    /// Features [N, C, h, w] and a picture [N, 3, H, W] to features [N, C, 2h, 2w].
    private func doubled(_ features: Tensor, _ picture: Tensor) throws -> Tensor {
        let grid = SIMD2(features.shape[2], features.shape[3])
        let fine = try adapted(finer(picture), to: grid &* 2)
        let joined = try Tensor.concat([features, coarser(fine)], dim: 1)
        return try output(mixing(Tensor.concat([doubling(joined), fine], dim: 1)))
    }

    /// The image branch at a quarter of the picture, brought to twice the features' grid.
    ///
    /// Patches of 8 need nothing and patches of 16 the maximum of 2x2, as in the public code. It knows no other patch; here
    /// others (14) are averaged down to the grid, or resized bilinearly up to it.
    private func adapted(_ map: Tensor, to grid: SIMD2<Int>) throws -> Tensor {
        let size = SIMD2(map.shape[2], map.shape[3])
        if size == grid { return map }
        if size == grid &* 2 { return try map.maxPool2d(kernel: [2, 2]) }
        let shrinks = grid.x <= size.x && grid.y <= size.y
        return try shrinks
            ? map.adaptiveAvgPool2d(grid) : map.interpolate(to: grid, mode: .bilinear)
    }
}
