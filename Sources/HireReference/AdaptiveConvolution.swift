import HireArray

extension ReferenceBackend {
    /// out[b, c, y, x] = sum over p=(i, j) of kernel[b, p, y, x] * source[b, c, y + i, x + j].
    public func adaptiveConv(
        _ source: NDArray, _ kernel: NDArray, radius: Int, into out: NDArray
    ) {
        Numbers(source).adaptivelyConvolved(Numbers(kernel), radius: radius).write(to: out)
    }

    /// Gradients of `adaptiveConv`; every tap receives its gradient.
    public func adaptiveConvGradient(
        _ source: NDArray, _ kernel: NDArray, radius: Int, _ gradient: NDArray,
        sourceGradient: NDArray?, kernelGradient: NDArray?
    ) {
        let gradient = Numbers(gradient)
        if let sourceGradient {
            gradient.adaptivelyConvolvedBack(Numbers(kernel), radius: radius)
                .write(to: sourceGradient)
        }
        if let kernelGradient {
            Numbers(source).adaptiveKernelGradient(gradient, radius: radius)
                .write(to: kernelGradient)
        }
    }
}

extension Numbers {
    /// A padded source [b, c, H + 2r, W + 2r] under kernels [b, (2r+1)^2, H, W].
    func adaptivelyConvolved(_ kernel: Numbers, radius: Int) -> Numbers {
        let diameter = 2 * radius + 1
        var result = Numbers(zeros: [shape[0], shape[1], kernel.shape[2], kernel.shape[3]])
        for b in 0..<shape[0] {
            for c in 0..<shape[1] {
                for y in 0..<kernel.shape[2] {
                    for x in 0..<kernel.shape[3] {
                        for p in 0..<diameter * diameter {
                            result[b, c, y, x] +=
                                kernel[b, p, y, x]
                                * self[b, c, y + p / diameter, x + p % diameter]
                        }
                    }
                }
            }
        }
        return result
    }

    /// The adjoint in the source: a gradient [b, c, H, W] spread over [b, c, H + 2r, W + 2r].
    func adaptivelyConvolvedBack(_ kernel: Numbers, radius: Int) -> Numbers {
        let diameter = 2 * radius + 1
        var result = Numbers(
            zeros: [shape[0], shape[1], shape[2] + 2 * radius, shape[3] + 2 * radius])
        for b in 0..<shape[0] {
            for c in 0..<shape[1] {
                for y in 0..<shape[2] {
                    for x in 0..<shape[3] {
                        for p in 0..<diameter * diameter {
                            result[b, c, y + p / diameter, x + p % diameter] +=
                                kernel[b, p, y, x] * self[b, c, y, x]
                        }
                    }
                }
            }
        }
        return result
    }

    /// The gradient of the kernels, for this padded source and the output's gradient.
    func adaptiveKernelGradient(_ gradient: Numbers, radius: Int) -> Numbers {
        let diameter = 2 * radius + 1
        var result = Numbers(
            zeros: [shape[0], diameter * diameter, gradient.shape[2], gradient.shape[3]])
        for b in 0..<shape[0] {
            for c in 0..<shape[1] {
                for y in 0..<gradient.shape[2] {
                    for x in 0..<gradient.shape[3] {
                        for p in 0..<diameter * diameter {
                            result[b, p, y, x] +=
                                gradient[b, c, y, x]
                                * self[b, c, y + p / diameter, x + p % diameter]
                        }
                    }
                }
            }
        }
        return result
    }
}
