/// Elementwise functions of one operand; names and definitions are PyTorch's.
public enum UnaryKernel: String, Sendable, CaseIterable {
    case neg, abs, exp, log, sqrt, rsqrt, reciprocal, square, sin, cos, tanh, sigmoid, erf, sign
    case floor, ceil, round, relu
    /// x * Phi(x), `F.gelu(x)`.
    case gelu
    /// `F.gelu(x, approximate="tanh")`.
    case geluTanh
    /// x * sigmoid(1.702 x), OpenAI's CLIP.
    case quickGelu
    /// x * sigmoid(x).
    case silu
    /// bool -> bool.
    case logicalNot

    /// Whether the derivative is computed from the function's value alone; otherwise from its argument alone.
    public var gradientReadsOutput: Bool {
        switch self {
        case .exp, .sqrt, .rsqrt, .reciprocal, .tanh, .sigmoid, .relu: true
        default: false
        }
    }
}

/// Elementwise functions of two operands of one dtype.
public enum BinaryKernel: String, Sendable, CaseIterable {
    case add, sub, mul, div, pow, maximum, minimum
}

/// Elementwise comparisons; the result is bool.
public enum CompareKernel: String, Sendable, CaseIterable {
    case eq, ne, lt, le, gt, ge
}

/// Reductions over axes.
public enum ReduceKernel: String, Sendable, CaseIterable {
    case sum, max, min
}

/// How `pad` fills the border.
public enum PadMode: String, Sendable, CaseIterable {
    /// Zeros.
    case zero
    /// Mirror without repeating the edge.
    case reflect
    /// Repeat the edge.
    case replicate
}

/// The window of a 2-D convolution or pooling; numbers are (vertical, horizontal).
public struct Window2D: Sendable, Equatable {
    /// Extent of the kernel.
    public var kernel: SIMD2<Int>
    /// Step between windows.
    public var stride: SIMD2<Int>
    /// Zero padding on both sides.
    public var padding: SIMD2<Int>
    /// Distance between taps.
    public var dilation: SIMD2<Int>
    /// Channel groups (convolutions only).
    public var groups: Int

    /// A window; PyTorch's defaults.
    public init(
        kernel: SIMD2<Int>, stride: SIMD2<Int> = [1, 1], padding: SIMD2<Int> = [0, 0],
        dilation: SIMD2<Int> = [1, 1], groups: Int = 1
    ) {
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.groups = groups
    }

    /// Rows and columns that come out for an input of the given size (floor division, as PyTorch).
    public func outputSize(_ input: SIMD2<Int>) -> SIMD2<Int> {
        let reach = dilation &* (kernel &- 1) &+ 1
        let room = input &+ padding &* 2 &- reach
        return SIMD2(
            room.x < 0 ? 0 : room.x / stride.x + 1, room.y < 0 ? 0 : room.y / stride.y + 1)
    }
}

/// Scaled dot-product attention's parameters.
public struct AttentionKernel: Sendable, Equatable {
    /// Factor on the scores, usually 1/sqrt(head dimension).
    public var scale: Double
    /// Whether query i sees only keys up to i + `queryOffset`.
    public var isCausal: Bool
    /// Position of the first query among the keys (the length of the key-value cache).
    public var queryOffset: Int

    /// Attention with an explicit scale.
    public init(scale: Double, isCausal: Bool = false, queryOffset: Int = 0) {
        self.scale = scale
        self.isCausal = isCausal
        self.queryOffset = queryOffset
    }
}

/// AdamW's constants for one step (PyTorch's `torch.optim.AdamW`, decoupled weight decay).
public struct AdamWKernel: Sendable, Equatable {
    public var learningRate, beta1, beta2, epsilon, weightDecay: Double
    /// The number of this step, from 1; corrects the bias of both moments.
    public var step: Int
    /// Factor on the gradient (clipping and accumulation), applied first.
    public var gradientScale: Double

    /// One step's constants.
    public init(
        learningRate: Double, beta1: Double, beta2: Double, epsilon: Double, weightDecay: Double,
        step: Int, gradientScale: Double = 1
    ) {
        self.learningRate = learningRate
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.weightDecay = weightDecay
        self.step = step
        self.gradientScale = gradientScale
    }
}
