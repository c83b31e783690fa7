import HireArray

/// The input positions of one output position along one axis, cut to the input.
@inline(__always)
private func taps(
    _ output: Int, _ length: Int, kernel: Int, stride: Int, padding: Int, dilation: Int
) -> (first: Int, count: Int) {
    let start = output * stride - padding
    let skipped = start < 0 ? (-start + dilation - 1) / dilation : 0
    let first = start + skipped * dilation
    if first >= length { return (0, 0) }
    return (first, max(0, min(kernel - skipped, (length - first + dilation - 1) / dilation)))
}

/// One output row of a 2 x 2 max pooling with stride 2, without branches.
@inline(__always)
private func halveRow(
    _ plane: FloatPointer, _ start: Int, _ width: Int, _ columns: Int, into out: FloatPointer,
    _ places: UnsafeMutablePointer<Int32>
) {
    let (upper, lower) = (plane + start, plane + start + width)
    for column in 0..<columns {
        let left = column &* 2
        let (a, b, c, d) = (upper[left], upper[left &+ 1], lower[left], lower[left &+ 1])
        // The first largest one; NaN counts as the largest.
        let takesB = b > a || b != b
        let top = takesB ? b : a
        let takesD = d > c || d != d
        let bottom = takesD ? d : c
        let takesBottom = bottom > top || bottom != bottom
        let place = takesBottom ? left &+ width &+ (takesD ? 1 : 0) : left &+ (takesB ? 1 : 0)
        out[column] = takesBottom ? bottom : top
        places[column] = Int32(truncatingIfNeeded: start &+ place)
    }
}

extension CPUBackend {
    /// `F.max_pool2d`; indices (int32, flat position inside the plane) have out's shape.
    public func maxPool2d(_ x: NDArray, _ window: Window2D, into out: NDArray, indices: NDArray) {
        if out.count == 0 { return }
        let input = dense(x)
        let (height, width) = (x.shape[2], x.shape[3])
        let (rows, columns) = (out.shape[2], out.shape[3])
        let (source, target) = (input.floatPointer, out.floatPointer)
        let places = indices.pointer(as: Int32.self)
        let halves = window == Window2D(kernel: [2, 2], stride: [2, 2])
        parallel(out.shape[0] * out.shape[1], grain: max(1, 4096 / (rows * columns))) { range in
            for plane in range {
                let from = source + plane * height * width
                var place = plane * rows * columns
                if halves {
                    for row in 0..<rows {
                        halveRow(
                            from, row * 2 * width, width, columns, into: target + place,
                            places + place)
                        place &+= columns
                    }
                    continue
                }
                for row in 0..<rows {
                    let (top, tall) = taps(
                        row, height, kernel: window.kernel.x, stride: window.stride.x,
                        padding: window.padding.x, dilation: window.dilation.x)
                    for column in 0..<columns {
                        let (left, wide) = taps(
                            column, width, kernel: window.kernel.y, stride: window.stride.y,
                            padding: window.padding.y, dilation: window.dilation.y)
                        var best = top &* width &+ left
                        var value = -Float.infinity
                        for y in 0..<tall {
                            var position = (top &+ y &* window.dilation.x) &* width &+ left
                            for _ in 0..<wide {
                                let candidate = from[position]
                                if candidate > value || candidate != candidate {
                                    (value, best) = (candidate, position)
                                }
                                position &+= window.dilation.y
                            }
                        }
                        target[place] = value
                        places[place] = Int32(truncatingIfNeeded: best)
                        place &+= 1
                    }
                }
            }
        }
        withExtendedLifetime(input) {}
    }

    /// Scatters gradients to where the maxima were (adds where windows overlap).
    public func maxPool2dGradient(_ gradient: NDArray, indices: NDArray, into out: NDArray) {
        if out.count == 0 { return }
        let (slopes, positions) = (dense(gradient), dense(indices))
        let plane = out.shape[2] * out.shape[3]
        let pooled = gradient.shape[2] * gradient.shape[3]
        let (gs, target) = (slopes.floatPointer, out.floatPointer)
        let list = positions.pointer(as: Int32.self)
        parallel(out.count / plane, grain: max(1, Self.cheapGrain / plane)) { range in
            for index in range {
                let to = target + index * plane
                to.update(repeating: 0, count: plane)
                for place in index * pooled..<(index + 1) * pooled {
                    to[Int(list[place])] += gs[place]
                }
            }
        }
        withExtendedLifetime((slopes, positions)) {}
    }

    /// `F.avg_pool2d` with count_include_pad.
    public func avgPool2d(_ x: NDArray, _ window: Window2D, into out: NDArray) {
        if out.count == 0 { return }
        let input = dense(x)
        let (height, width) = (x.shape[2], x.shape[3])
        let (rows, columns) = (out.shape[2], out.shape[3])
        let (source, target) = (input.floatPointer, out.floatPointer)
        let scale = 1 / Float(window.kernel.x * window.kernel.y)
        parallel(out.shape[0] * out.shape[1], grain: max(1, 4096 / (rows * columns))) { range in
            for plane in range {
                let from = source + plane * height * width
                var place = plane * rows * columns
                for row in 0..<rows {
                    let (top, tall) = taps(
                        row, height, kernel: window.kernel.x, stride: window.stride.x,
                        padding: window.padding.x, dilation: 1)
                    for column in 0..<columns {
                        let (left, wide) = taps(
                            column, width, kernel: window.kernel.y, stride: window.stride.y,
                            padding: window.padding.y, dilation: 1)
                        var sum: Float = 0
                        for y in top..<top &+ tall {
                            for position in 0..<wide { sum += from[y &* width &+ left &+ position] }
                        }
                        target[place] = sum * scale
                        place &+= 1
                    }
                }
            }
        }
        withExtendedLifetime(input) {}
    }

    /// The adjoint of `avgPool2d`.
    public func avgPool2dGradient(_ gradient: NDArray, _ window: Window2D, into out: NDArray) {
        if out.count == 0 { return }
        let slopes = dense(gradient)
        let (height, width) = (out.shape[2], out.shape[3])
        let (rows, columns) = (gradient.shape[2], gradient.shape[3])
        let (gs, target) = (slopes.floatPointer, out.floatPointer)
        let scale = 1 / Float(window.kernel.x * window.kernel.y)
        parallel(out.shape[0] * out.shape[1], grain: max(1, 4096 / (height * width))) { range in
            for plane in range {
                let to = target + plane * height * width
                to.update(repeating: 0, count: height * width)
                var place = plane * rows * columns
                for row in 0..<rows {
                    let (top, tall) = taps(
                        row, height, kernel: window.kernel.x, stride: window.stride.x,
                        padding: window.padding.x, dilation: 1)
                    for column in 0..<columns {
                        let (left, wide) = taps(
                            column, width, kernel: window.kernel.y, stride: window.stride.y,
                            padding: window.padding.y, dilation: 1)
                        let share = gs[place] * scale
                        for y in top..<top &+ tall {
                            for position in 0..<wide { to[y &* width &+ left &+ position] += share }
                        }
                        place &+= 1
                    }
                }
            }
        }
        withExtendedLifetime(slopes) {}
    }
}
