import HireNN
import HireTensor

/// U: a shallow UNet over the high-resolution picture whose decoder features guide the bilateral stages.
///
/// From [N, 3, R, R] to one map per level: [N, decoder widths[k], R/2^k, R/2^k], coarse to fine. `finest` levels at the
/// fine end are encoded but not decoded. Without a bottleneck the last level of the encoder is the coarsest guidance.
final class GuidanceUNet: Layer {
    let scope = ModuleScope()
    private let down: ModuleList<ConvolutionBlock>
    private let bottleneck: ConvolutionBlock?
    private let up: ModuleList<ConvolutionBlock>
    private let doublings: ModuleList<ConvTranspose2d>
    private let projections: ModuleList<Conv2d>
    private let recomputes: Bool

    init(_ configuration: HireEnricherConfiguration, in context: Context) {
        recomputes = configuration.recompute
        let widths = configuration.widths
        let inputs = [3] + widths.dropLast()
        down = scope.child(
            "encoder",
            ModuleList(
                zip(inputs, widths).map { ConvolutionBlock($0, $1, configuration, in: context) }))
        bottleneck =
            configuration.bottleneck > 0
            ? scope.child(
                "bottleneck",
                ConvolutionBlock(
                    widths[widths.count - 1], configuration.bottleneck, configuration, in: context))
            : nil
        // The decoder climbs from the bottom and stops at the finest level that guides a stage.
        var channels = configuration.bottleneck > 0 ? configuration.bottleneck : widths.last ?? 3
        var blocks: [ConvolutionBlock] = []
        var transposed: [ConvTranspose2d] = []
        var projected: [Conv2d] = []
        let decoded = zip(widths, configuration.decoded).dropFirst(configuration.finest).reversed()
        for (skip, width) in decoded {
            switch configuration.upsampling {
            case .bilinear: break
            case .projected:
                projected.append(Conv2d(channels, width, kernel: [1, 1], in: context))
                channels = width
            case .transposed:
                transposed.append(
                    ConvTranspose2d(channels, width, kernel: [2, 2], stride: [2, 2], in: context))
                channels = width
            }
            blocks.append(ConvolutionBlock(channels + skip, width, configuration, in: context))
            channels = width
        }
        up = scope.child("decoder", ModuleList(blocks))
        doublings = scope.child("doublings", ModuleList(transposed))
        projections = scope.child("projections", ModuleList(projected))
    }

    func forward(_ picture: Tensor) throws -> [Tensor] {
        var skips: [Tensor] = []
        var x = picture
        var guidance: [Tensor] = []
        for (level, block) in down.enumerated() {
            let below = x
            x = try piece(block) { try block([below]) }
            if bottleneck == nil, level == down.count - 1 {
                guidance.append(x)
            } else {
                skips.append(x)
                x = try x.maxPool2d(kernel: [2, 2], stride: [2, 2])
            }
        }
        if let bottleneck { x = try bottleneck([x]) }
        for (step, block) in up.enumerated() {
            let (below, skip) = (x, skips.removeLast())
            x = try piece(block) { [self] in
                let grid = SIMD2(skip.shape[2], skip.shape[3])
                var doubled =
                    doublings.isEmpty
                    ? try below.interpolate(to: grid, mode: .bilinear) : try doublings[step](below)
                if !projections.isEmpty { doubled = try projections[step](doubled) }
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
