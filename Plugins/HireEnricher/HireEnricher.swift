import HireNN
import HireTensor
import HireVLM

/// The paper's enricher: x_en = J(U(I), E(i)), output [E(i), pool(x_en)] (equations 2 to 4).
final class HireEnricher: JointBilateralEnricher {
    let scope = ModuleScope()
    let outputChannels: Int
    let outputGrid: SIMD2<Int>
    private let unet: GuidanceUNet
    let stages: JointBilateralStack
    private let alignment: Int

    init(_ configuration: HireEnricherConfiguration, _ host: HostShape) throws {
        let levels = configuration.widths.count
        guard levels > 0, configuration.widths.allSatisfy({ $0 > 0 }), configuration.bottleneck > 0
        else {
            throw PluginError.configuration(
                plugin: "hire", key: "widths", problem: "must list at least one positive width")
        }
        guard (0..<levels).contains(configuration.finest) else {
            throw PluginError.configuration(
                plugin: "hire", key: "finest",
                problem: "must be from 0 to \(levels - 1), for \(levels) levels")
        }
        guard configuration.convolutions > 0 else {
            throw PluginError.configuration(
                plugin: "hire", key: "convolutions", problem: "must be at least 1")
        }
        alignment = max(configuration.align, 1 << levels)
        guard alignment % (1 << levels) == 0 else {
            throw PluginError.configuration(
                plugin: "hire", key: "align",
                problem: "must be a multiple of \(1 << levels), for \(levels) poolings")
        }
        try BilateralOptions.check(
            radius: configuration.radius, keySize: configuration.keySize,
            dropout: configuration.dropout, plugin: "hire")
        outputChannels = 2 * host.channels
        outputGrid = host.grid
        unet = scope.child("unet", GuidanceUNet(configuration, in: host.context))
        stages = scope.child(
            "stages",
            try JointBilateralStack(
                guidanceChannels: configuration.widths.dropFirst(configuration.finest).reversed(),
                keySize: configuration.keySize,
                radius: configuration.radius, dropout: configuration.dropout, in: host.context))
    }

    func guidance(_ input: EnricherInput) throws -> [Tensor] {
        try unet(aligned(input.image.high))
    }

    /// The picture at the next multiple of the alignment, which the UNet's poolings divide.
    private func aligned(_ picture: Tensor) throws -> Tensor {
        let up = { (side: Int) in (side + self.alignment - 1) / self.alignment * self.alignment }
        let size = SIMD2(up(picture.shape[2]), up(picture.shape[3]))
        if size == SIMD2(picture.shape[2], picture.shape[3]) { return picture }
        return try picture.interpolate(to: size, mode: .bicubic)
    }
}
