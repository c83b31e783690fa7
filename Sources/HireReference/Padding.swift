import HireArray

extension ReferenceBackend {
    /// Pads the two last axes by (top, bottom, left, right).
    public func pad2d(_ x: NDArray, _ padding: SIMD4<Int>, _ mode: PadMode, into out: NDArray) {
        Numbers(x, as: x.shape.planes).padded(padding, mode).write(to: out)
    }

    /// The adjoint of `pad2d`: every padded element adds its gradient to the element it was read from.
    public func pad2dGradient(
        _ gradient: NDArray, _ padding: SIMD4<Int>, _ mode: PadMode, into out: NDArray
    ) {
        Numbers(gradient, as: gradient.shape.planes).unpadded(padding, mode).write(to: out)
    }
}

extension Numbers {
    /// [planes, H, W] padded by (top, bottom, left, right).
    func padded(_ padding: SIMD4<Int>, _ mode: PadMode) -> Numbers {
        var result = Numbers(
            zeros: [shape[0], shape[1] + padding.x + padding.y, shape[2] + padding.z + padding.w])
        for plane in 0..<shape[0] {
            for row in 0..<result.shape[1] {
                for column in 0..<result.shape[2] {
                    guard let y = Self.source(row - padding.x, shape[1], mode),
                        let x = Self.source(column - padding.z, shape[2], mode)
                    else { continue }
                    result[plane, row, column] = self[plane, y, x]
                }
            }
        }
        return result
    }

    /// The adjoint of `padded`.
    func unpadded(_ padding: SIMD4<Int>, _ mode: PadMode) -> Numbers {
        var result = Numbers(
            zeros: [shape[0], shape[1] - padding.x - padding.y, shape[2] - padding.z - padding.w])
        for plane in 0..<shape[0] {
            for row in 0..<shape[1] {
                for column in 0..<shape[2] {
                    guard let y = Self.source(row - padding.x, result.shape[1], mode),
                        let x = Self.source(column - padding.z, result.shape[2], mode)
                    else { continue }
                    result[plane, y, x] += self[plane, row, column]
                }
            }
        }
        return result
    }

    /// The position that a padded one is read from; nil means it is zero.
    static func source(_ position: Int, _ length: Int, _ mode: PadMode) -> Int? {
        if position >= 0, position < length { return position }
        switch mode {
        case .zero: return nil
        case .replicate: return position < 0 ? 0 : length - 1
        case .reflect:
            let mirrored = position < 0 ? -position : 2 * (length - 1) - position
            precondition(
                mirrored >= 0 && mirrored < length, "Reflection must reach less than the extent.")
            return mirrored
        }
    }
}
