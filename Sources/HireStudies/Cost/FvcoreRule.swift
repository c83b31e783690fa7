import Foundation
import HireArray
import HireTensor

/// How fvcore's `FlopCountAnalysis` counts one of our ops; one multiply-add is 1.
enum FvcoreRule: Sendable {
    /// Reported as ignored or unsupported, and counted as nothing.
    case nothing
    /// Linear layers, matrix products and convolutions: each multiply-add.
    case products
    /// Layer, group and instance norm: 5 per element, 4 without scale and shift.
    case norm
    /// Batch norm in evaluation: 2 per element, 1 without scale and shift; in training as other norms.
    case batchNorm
    /// `F.interpolate`, which is another op for each mode.
    case interpolation
    /// 1 per element that goes in.
    case adaptivePooling
    /// Attention: two products where transformers 4.37.2 spells it out (vision towers), nothing where it calls
    /// `scaled_dot_product_attention` (language models).
    case attention
    /// The range kernel's `einsum`, whose count is read from a number printed with four digits.
    case rangeKernel
    /// A whole joint bilateral stage: 1x1 convolutions and the range kernel.
    case bilateralStage

    /// The rule of an op.
    ///
    /// - Throws: `CostError.noRule`.
    static func named(_ op: String, in path: String) throws -> FvcoreRule {
        if let rule = table[op] { return rule }
        if uncounted.contains(op) { return .nothing }
        throw CostError.noRule(op: op, path: path, convention: .fvcore)
    }

    /// What a call counts.
    func count(_ call: OpCall) throws -> Int {
        let written = call.output.elementCount
        let read = call.inputs.first?.elementCount ?? 0
        switch self {
        case .nothing: return 0
        case .products: return call.multiplyAdds
        case .norm: return written * (call.inputs.count > 1 ? 5 : 4)
        case .batchNorm:
            let isAffine = call.inputs.count > 1
            return written * (call.form == "training" ? (isAffine ? 5 : 4) : (isAffine ? 2 : 1))
        case .interpolation:
            switch call.form {
            // PyTorch does not call an op where the size is the same already.
            case _ where call.inputs.first == call.output && call.form != "area": return 0
            case "area": return read
            case "bilinear": return 4 * written
            case "nearest": return written
            default: return 0
            }
        case .adaptivePooling: return read
        case .attention: return call.modulePath.hasPrefix("encoder") ? call.multiplyAdds : 0
        case .rangeKernel: return FvcoreRule.einsum(multiplyAdds: call.multiplyAdds)
        case .bilateralStage:
            // The first weight is [key, guidance].
            let range = call.inputs[1][0] * written
            return call.multiplyAdds - range + FvcoreRule.einsum(multiplyAdds: range)
        }
    }

    /// NumPy's `einsum_path` prints twice the products with four digits; fvcore reads that back and halves it.
    static func einsum(multiplyAdds: Int) -> Int {
        let printed = String(format: "%.3e", Double(2 * multiplyAdds))
        return Int(((Double(printed) ?? 0) / 2).rounded(.down))
    }

    private static let table: [String: FvcoreRule] = [
        "linear": .products, "matmul": .products, "conv2d": .products,
        "conv_transpose2d": .products, "layer_norm": .norm, "group_norm": .norm,
        "batch_norm": .batchNorm, "interpolate": .interpolation,
        "adaptive_avg_pool2d": .adaptivePooling, "scaled_dot_product_attention": .attention,
        "bilateral_kernel": .rangeKernel, "bilateral_stage": .bilateralStage,
    ]

    /// Ops that fvcore ignores (views, joining, comparisons) or lists as unsupported (elementwise arithmetic, softmax,
    /// activations, plain pooling, per-pixel kernels); FeatUp's adaptive convolution is a Python function to it.
    private static let uncounted: Set<String> = [
        // Moving, joining, making
        "cat", "contiguous", "copy", "flip", "full", "gather", "index_add", "index_select",
        "normal",
        "ones", "pad", "scatter_add", "to", "uniform", "zeros",
        // Elementwise
        "abs", "add", "affine", "ceil", "clamp", "cos", "div", "eq", "erf", "exp", "floor", "ge",
        "gelu", "gt", "le", "log", "logical_not", "lt", "maximum", "minimum", "mul", "ne", "neg",
        "pow", "reciprocal", "relu", "round", "rsqrt", "sigmoid", "sign", "silu", "sin", "sqrt",
        "square", "sub", "tanh", "where",
        // Reductions and what is made of them
        "amax", "amin", "argmax", "channel_statistics", "cross_entropy", "cumsum", "log_softmax",
        "mean", "prod", "rms_norm", "softmax", "sum", "var",
        // Pooling, positions, per-pixel kernels
        "adaptive_conv", "avg_pool2d", "max_pool2d", "pooled_operator", "resample", "rope",
    ]
}
