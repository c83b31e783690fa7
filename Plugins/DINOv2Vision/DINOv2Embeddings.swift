import HireNN
import HireTensor
import HireVLM

/// Pictures [N, 3, R, R] to tokens [N, 1 + registers + g * g, width]: class token and patches with positions, and
/// between them the registers, which have none.
///
/// HF `Dinov2Embeddings` and `Dinov2WithRegistersEmbeddings`, without the mask token of pre-training.
final class DINOv2Embeddings: Layer {
    let scope = ModuleScope()
    private let classToken: Parameter
    private let registers: Parameter?
    private let patches: Conv2d
    private let positions: GridPositions

    /// - Parameters:
    ///   - native: side of the grid that the position table is for.
    ///   - target: side of the grid to compute.
    init(
        _ numbers: DINOv2Variant, native: Int, target: Int,
        interpolation: GridPositions.Interpolation, in context: Context
    ) {
        let width = numbers.hiddenSize
        let small = Initializer.normal(deviation: 0.02)
        classToken = scope.parameter("cls_token", [1, 1, width], small, in: context)
        registers =
            numbers.registers > 0
            ? scope.parameter(
                "register_tokens", [1, numbers.registers, width], small, in: context) : nil
        let table = scope.parameter(
            "position_embeddings", [1, 1 + native * native, width], small, in: context)
        patches = scope.child(
            at: "patch_embeddings.projection",
            Conv2d(
                3, width, kernel: SIMD2(repeating: numbers.patchSize),
                stride: SIMD2(repeating: numbers.patchSize), weight: small, in: context))
        positions = GridPositions(
            table, prefix: 1, native: native, target: target, interpolation: interpolation)
    }

    func forward(_ input: Tensor) throws -> Tensor {
        let tokens = try FeatureMap(map: patches(input)).tokens()
        let (batch, width) = (tokens.shape[0], tokens.shape[2])
        let table = try positions.table()
        let placed = try tokens + table.slice(0, 1)
        let front = try classToken.tensor + table.slice(0, 0, 1)
        var parts = try [front.expand([batch, 1, width])]
        if let registers {
            parts.append(try registers.tensor.expand([batch, registers.shape[1], width]))
        }
        return try Tensor.concat(parts + [placed], dim: 1)
    }
}
