import HireNN
import HireTensor

/// U: a shallow UNet over the high-resolution picture whose decoder features guide the bilateral stages.
///
/// From [N, 3, R, R] to one map per level: [N, widths[k], R/2^k, R/2^k], coarse to fine.
/// `finest` levels at the fine end are encoded but not decoded.
final class GuidanceUNet: Layer {
    let scope = ModuleScope()
    private let down: ModuleList<ConvolutionBlock>
    private let bottleneck: ConvolutionBlock
    private let up: ModuleList<ConvolutionBlock>
    private let doublings: ModuleList<ConvTranspose2d>
    private let recomputes: Bool

    init(_ configuration: HireEnricherConfiguration, in context: Context) {
        recomputes = configuration.recompute
        let widths = configuration.widths
        let inputs = [3] + widths.dropLast()
        down = scope.child(
            "encoder",
            ModuleList(
                zip(inputs, widths).map { ConvolutionBlock($0, $1, configuration, in: context) }))
        bottleneck = scope.child(
            "bottleneck",
            ConvolutionBlock(
                widths[widths.count - 1], configuration.bottleneck, configuration, in: context))
        // The decoder climbs from the bottleneck and stops at the finest level that guides a stage.
        var channels = configuration.bottleneck
        var blocks: [ConvolutionBlock] = []
        var transposed: [ConvTranspose2d] = []
        for width in widths.dropFirst(configuration.finest).reversed() {
            if configuration.upsampling == .transposed {
                transposed.append(
                    ConvTranspose2d(channels, width, kernel: [2, 2], stride: [2, 2], in: context))
                channels = width
            }
            blocks.append(ConvolutionBlock(channels + width, width, configuration, in: context))
            channels = width
        }
        up = scope.child("decoder", ModuleList(blocks))
        doublings = scope.child("doublings", ModuleList(transposed))
    }

    func forward(_ picture: Tensor) throws -> [Tensor] {
        var skips: [Tensor] = []
        var x = picture
        for block in down {
            let below = x
            x = try piece(block) { try block([below]) }
            skips.append(x)
            x = try x.maxPool2d(kernel: [2, 2], stride: [2, 2])
        }
        x = try bottleneck([x])
        var guidance: [Tensor] = []
        for (step, block) in up.enumerated() {
            let (below, skip) = (x, skips.removeLast())
            x = try piece(block) { [self] in
                let grid = SIMD2(skip.shape[2], skip.shape[3])
                let doubled =
                    doublings.isEmpty
                    ? try below.interpolate(to: grid, mode: .bilinear) : try doublings[step](below)
                return try block([doubled, skip])
            }
            guidance.append(x)
        }
        return guidance
    }

    /// One level, of which training keeps the ends and computes the middle again for gradients.
    private func piece(
        _ block: ConvolutionBlock, _ body: @escaping () throws -> Tensor
    ) throws -> Tensor {
        guard recomputes, let context = scope.context else { return try body() }
        return try block.scope.recomputing(in: context, body)
    }
}
