import HireArray

/// Products of one row of pixels with the windows around them, for many channels: what the joint bilateral kernel, the
/// adaptive convolution and their gradients consist of.
///
/// Rows of pixels lie in buffers with `margin` zeros in front and at least as many behind, so that whole
/// vectors can be read and written around the ends. Planes are padded by the radius and have the same row length.
struct WindowProducts {
    /// Pixels along one side of a window.
    let side: Int
    /// Pixels of the row.
    let width: Int

    /// Zeros in front of the first pixel of a row.
    var margin: Int { side - 1 }
    /// Elements from one row to the next, both of row buffers and of padded planes.
    let rowLength: Int

    init(radius: Int, width: Int) {
        side = 2 * radius + 1
        self.width = width
        rowLength = roundUp(width + 4 * radius + lanes, to: lanes) + lanes
    }

    /// Taps of a window.
    var taps: Int { side * side }

    /// dots[tap][x] = sum over channels of center[c][x] * planes[c][x + tap].
    ///
    /// `center` points to pixel 0 of the first row buffer, `planes` to the padded row above-left of pixel 0.
    @inline(__always)
    func dots(
        center: FloatPointer, planes: FloatPointer, planeSize: Int, channels: Int,
        into dots: FloatPointer
    ) {
        var x = 0
        while x < width {
            for i in 0..<side {
                var j = 0
                let row = planes + i &* rowLength &+ x
                let out = dots + i &* side &* rowLength &+ x
                while j < side {
                    if side &- j >= 7 {
                        sevenDots(center + x, row + j, planeSize, channels, out + j &* rowLength)
                        j &+= 7
                    } else if side &- j >= 3 {
                        threeDots(center + x, row + j, planeSize, channels, out + j &* rowLength)
                        j &+= 3
                    } else {
                        var sum = Vector.zero
                        for channel in 0..<channels {
                            sum = sum.addingProduct(
                                load(center + x &+ channel &* rowLength),
                                load(row + j &+ channel &* planeSize))
                        }
                        store(sum, out + j &* rowLength)
                        j &+= 1
                    }
                }
            }
            x &+= lanes
        }
    }

    @inline(__always)
    private func sevenDots(
        _ center: FloatPointer, _ row: FloatPointer, _ planeSize: Int, _ channels: Int,
        _ out: FloatPointer
    ) {
        var (a, b, c, d) = (Vector.zero, Vector.zero, Vector.zero, Vector.zero)
        var (e, f, g) = (Vector.zero, Vector.zero, Vector.zero)
        var (middle, place) = (center, row)
        for _ in 0..<channels {
            let value = load(middle)
            a = a.addingProduct(value, load(place))
            b = b.addingProduct(value, load(place + 1))
            c = c.addingProduct(value, load(place + 2))
            d = d.addingProduct(value, load(place + 3))
            e = e.addingProduct(value, load(place + 4))
            f = f.addingProduct(value, load(place + 5))
            g = g.addingProduct(value, load(place + 6))
            middle += rowLength
            place += planeSize
        }
        store(a, out)
        store(b, out + rowLength)
        store(c, out + 2 &* rowLength)
        store(d, out + 3 &* rowLength)
        store(e, out + 4 &* rowLength)
        store(f, out + 5 &* rowLength)
        store(g, out + 6 &* rowLength)
    }

    @inline(__always)
    private func threeDots(
        _ center: FloatPointer, _ row: FloatPointer, _ planeSize: Int, _ channels: Int,
        _ out: FloatPointer
    ) {
        var (a, b, c) = (Vector.zero, Vector.zero, Vector.zero)
        var (middle, place) = (center, row)
        for _ in 0..<channels {
            let value = load(middle)
            a = a.addingProduct(value, load(place))
            b = b.addingProduct(value, load(place + 1))
            c = c.addingProduct(value, load(place + 2))
            middle += rowLength
            place += planeSize
        }
        store(a, out)
        store(b, out + rowLength)
        store(c, out + 2 &* rowLength)
    }

    /// out[c][x] = sum over taps of weights[tap][x] * planes[c][x + tap], eight pixels from x.
    ///
    /// `body(channel, x, sums)` receives the sums.
    @inline(__always)
    func gather(
        weights: FloatPointer, planes: FloatPointer, planeSize: Int, channels: Int,
        _ body: (_ channel: Int, _ x: Int, _ sums: Vector) -> Void
    ) {
        var x = 0
        while x < width {
            var channel = 0
            while channel < channels {
                // A block that reaches over the last channel repeats it.
                let last = (channels &- 1) &* planeSize
                let first = planes + x
                let starts = (
                    first + channel &* planeSize, first + min((channel &+ 1) &* planeSize, last),
                    first + min((channel &+ 2) &* planeSize, last),
                    first + min((channel &+ 3) &* planeSize, last)
                )
                var (a, b, c, d) = (Vector.zero, Vector.zero, Vector.zero, Vector.zero)
                var weight = weights + x
                for i in 0..<side {
                    var place = i &* rowLength
                    for _ in 0..<side {
                        let factor = load(weight)
                        a = a.addingProduct(factor, load(starts.0 + place))
                        b = b.addingProduct(factor, load(starts.1 + place))
                        c = c.addingProduct(factor, load(starts.2 + place))
                        d = d.addingProduct(factor, load(starts.3 + place))
                        weight += rowLength
                        place &+= 1
                    }
                }
                body(channel, x, a)
                if channel &+ 1 < channels { body(channel &+ 1, x, b) }
                if channel &+ 2 < channels { body(channel &+ 2, x, c) }
                if channel &+ 3 < channels { body(channel &+ 3, x, d) }
                channel &+= 4
            }
            x &+= lanes
        }
    }

    /// planes[c][x + tap] += weights[tap][x] * center[c][x]: the adjoint of `gather` and `dots`.
    @inline(__always)
    func scatter(
        weights: FloatPointer, center: FloatPointer, planes: FloatPointer, planeSize: Int,
        channels: Int
    ) {
        // As a sum over the taps of one row it writes each place once, in order.
        let reach = width &+ side &- 1
        var v = 0
        while v < reach {
            for channel in 0..<channels {
                let middle = center + channel &* rowLength &+ v
                let plane = planes + channel &* planeSize &+ v
                for i in 0..<side {
                    let place = plane + i &* rowLength
                    var sum = load(place)
                    var weight = weights + i &* side &* rowLength &+ v
                    for j in 0..<side {
                        sum = sum.addingProduct(load(weight - j), load(middle - j))
                        weight += rowLength
                    }
                    store(sum, place)
                }
            }
            v &+= lanes
        }
    }

    /// Copies a row of pixels into a row buffer (given at pixel 0).
    @inline(__always)
    func fillRow(_ source: FloatPointer, into row: FloatPointer) { copyRow(source, row, width) }
}
