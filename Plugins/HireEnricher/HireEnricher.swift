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
    private let configuration: HireEnricherConfiguration

    init(_ configuration: HireEnricherConfiguration, _ host: HostShape) throws {
        try configuration.check(host)
        self.configuration = configuration
        outputChannels = 2 * host.channels
        outputGrid = host.grid
        unet = scope.child("unet", GuidanceUNet(configuration, in: host.context))
        stages = scope.child(
            "stages",
            try JointBilateralStack(
                guidanceChannels: configuration.guidanceWidths, keySize: configuration.keySize,
                radius: configuration.radius, dropout: configuration.dropout,
                hasFixup: configuration.fixup, in: host.context))
    }

    func guidance(_ input: EnricherInput) throws -> [Tensor] {
        let maps = try unet(aligned(input.image.high))
        switch configuration.grids {
        case .unet: return maps
        case .doubling:
            let grids = GuidanceGrids.doubled(input.base.grid, stages: maps.count)
            return try zip(maps, grids).map { try $0.guidance(on: $1) }
        }
    }

    /// The picture at the next multiple of the alignment, which the UNet's poolings divide.
    private func aligned(_ picture: Tensor) throws -> Tensor {
        let size = SIMD2(
            configuration.aligned(picture.shape[2]), configuration.aligned(picture.shape[3]))
        if size == SIMD2(picture.shape[2], picture.shape[3]) { return picture }
        return try picture.interpolate(to: size, mode: .bicubic)
    }
}
