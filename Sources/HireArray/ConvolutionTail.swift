/// What follows a convolution in the same pass: normalisation with given statistics, and a ReLU.
public struct ConvolutionTail: Sendable {
    /// `batchNorm`'s operands.
    public struct Normalization: Sendable {
        /// Per channel [C].
        public let mean, variance: NDArray
        /// Scale and shift [C], or nil.
        public let weight, bias: NDArray?
        /// Added to the variance.
        public let epsilon: Double

        /// Normalisation with these numbers.
        public init(
            mean: NDArray, variance: NDArray, weight: NDArray?, bias: NDArray?, epsilon: Double
        ) {
            self.mean = mean
            self.variance = variance
            self.weight = weight
            self.bias = bias
            self.epsilon = epsilon
        }
    }

    /// First, if not nil.
    public var normalization: Normalization?
    /// Whether max(x, 0) comes last.
    public var relu: Bool

    /// Nothing follows unless something is given.
    public init(normalization: Normalization? = nil, relu: Bool = false) {
        self.normalization = normalization
        self.relu = relu
    }
}

extension Backend {
    /// The composition: what a back-end without a kernel of its own does.
    public func conv2d(
        stacked maps: [NDArray], _ weight: NDArray, bias: NDArray?, _ window: Window2D,
        tail: ConvolutionTail, into out: NDArray
    ) throws {
        try composedConv2d(stacked: maps, weight, bias: bias, window, tail: tail, into: out)
    }

    /// The maps copied behind each other, `conv2d`, `batchNorm` and `unary(.relu)`.
    public func composedConv2d(
        stacked maps: [NDArray], _ weight: NDArray, bias: NDArray?, _ window: Window2D,
        tail: ConvolutionTail, into out: NDArray
    ) throws {
        var result = out
        if tail.normalization != nil || tail.relu { result = try allocate(out.shape, out.dtype) }
        conv2d(try stack(maps), weight, bias: bias, window, into: result)
        if let norm = tail.normalization {
            let target = tail.relu ? try allocate(out.shape, out.dtype) : out
            batchNorm(
                result, mean: norm.mean, variance: norm.variance, weight: norm.weight,
                bias: norm.bias, epsilon: norm.epsilon, into: target)
            result = target
        }
        if tail.relu { unary(.relu, result, into: out) }
    }

    /// Maps [N, C, H, W] one after the other along the channels.
    private func stack(_ maps: [NDArray]) throws -> NDArray {
        if maps.count == 1 { return maps[0] }
        var shape = maps[0].shape
        shape[1] = maps.reduce(0) { $0 + $1.shape[1] }
        let stack = try allocate(shape, maps[0].dtype)
        var start = 0
        for map in maps {
            copy(map, into: stack.sliced(axis: 1, start: start, length: map.shape[1]))
            start += map.shape[1]
        }
        return stack
    }
}
