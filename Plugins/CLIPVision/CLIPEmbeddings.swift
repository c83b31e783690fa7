import HireNN
import HireTensor
import HireVLM

/// Pictures [N, 3, R, R] to tokens [N, P + g * g, width]: patches, a class token in front (CLIP only), positions.
///
/// HF `CLIPVisionEmbeddings` and `SiglipVisionEmbeddings`, with `interpolate_pos_encoding` where R is not native.
final class CLIPEmbeddings: Layer {
    let scope = ModuleScope()
    private let patches: Conv2d
    private let classToken: Parameter?
    private let positions: GridPositions

    /// - Parameters:
    ///   - native: side of the grid that the position table is for.
    ///   - target: side of the grid to compute.
    init(
        _ family: CLIPFamily, _ numbers: CLIPVariant, native: Int, target: Int, in context: Context
    ) {
        let width = numbers.hiddenSize
        let deviation = 1 / Double(width).squareRoot()
        let hasClass = family.hasClassToken
        let patchDeviation =
            hasClass ? 0.02 : 1 / (3 * Double(numbers.patchSize * numbers.patchSize)).squareRoot()
        classToken =
            hasClass
            ? scope.parameter(
                "class_embedding", [width], .normal(deviation: deviation), in: context) : nil
        patches = scope.child(
            "patch_embedding",
            Conv2d(
                3, width, kernel: SIMD2(repeating: numbers.patchSize),
                stride: SIMD2(repeating: numbers.patchSize), bias: !hasClass,
                weight: .normal(deviation: patchDeviation), in: context))
        let prefix = hasClass ? 1 : 0
        let table = scope.child("position_embedding", ModuleGroup()).scope.parameter(
            "weight", [prefix + native * native, width],
            .normal(deviation: hasClass ? 0.02 : deviation), in: context)
        positions = GridPositions(table, prefix: prefix, native: native, target: target)
    }

    func forward(_ input: Tensor) throws -> Tensor {
        var tokens = try FeatureMap(map: patches(input)).tokens()
        if let classToken {
            let (batch, width) = (tokens.shape[0], tokens.shape[2])
            let front = try classToken.tensor.expand([batch, 1, width])
            tokens = try Tensor.concat([front, tokens], dim: 1)
        }
        return try tokens + positions.table()
    }
}
