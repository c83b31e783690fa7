import HireArray

/// Products of one row of pixels with the windows around them, for many channels: what the joint bilateral kernel, the
/// adaptive convolution and their gradients consist of.
///
/// Rows of pixels lie in buffers with `margin` zeros in front and at least as many behind, so that whole
/// vectors can be read and written around the ends. Padded pictures lie row by row, and within a row channel by
/// channel: a window's rows are then near each other in the cache.
struct WindowProducts {
    /// Pixels along one side of a window.
    let side: Int
    /// Pixels of the row.
    let width: Int
    /// Elements from one channel's (or tap's) row to the next.
    let rowLength: Int
    private let work: WorkCounter?

    init(radius: Int, width: Int, work: WorkCounter?) {
        self.work = work
        side = 2 * radius + 1
        self.width = width
        rowLength = roundUp(width + 4 * radius + 2 * lanes, to: lanes)
    }

    /// Zeros in front of the first pixel of a row buffer.
    var margin: Int { side - 1 }
    /// Taps of a window.
    var taps: Int { side * side }

    /// dots[tap][x] = sum over channels of center[c][x] * picture[c][x + tap].
    ///
    /// `center` points to pixel 0 of the first row buffer, `picture` to the padded row above-left of pixel 0.
    @inline(__always)
    func dots(
        center: FloatPointer, picture: FloatPointer, channels: Int, into dots: FloatPointer
    ) {
        work?.add(taps * channels * width)
        for i in 0..<side {
            let row = picture + i &* channels &* rowLength
            var x = 0
            while x < width {
                let out = dots + i &* side &* rowLength &+ x
                var j = 0
                while j < side {
                    if side &- j >= 7 {
                        sevenDots(center + x, row + x &+ j, channels, out + j &* rowLength)
                        j &+= 7
                    } else if side &- j >= 3 {
                        threeDots(center + x, row + x &+ j, channels, out + j &* rowLength)
                        j &+= 3
                    } else {
                        var sum = Vector.zero
                        for channel in 0..<channels {
                            let offset = channel &* rowLength &+ x
                            sum = sum.addingProduct(load(center + offset), load(row + offset &+ j))
                        }
                        store(sum, out + j &* rowLength)
                        j &+= 1
                    }
                }
                x &+= lanes
            }
        }
    }

    @inline(__always)
    private func sevenDots(
        _ center: FloatPointer, _ row: FloatPointer, _ channels: Int, _ out: FloatPointer
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
            place += rowLength
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
        _ center: FloatPointer, _ row: FloatPointer, _ channels: Int, _ out: FloatPointer
    ) {
        var (a, b, c) = (Vector.zero, Vector.zero, Vector.zero)
        var (middle, place) = (center, row)
        for _ in 0..<channels {
            let value = load(middle)
            a = a.addingProduct(value, load(place))
            b = b.addingProduct(value, load(place + 1))
            c = c.addingProduct(value, load(place + 2))
            middle += rowLength
            place += rowLength
        }
        store(a, out)
        store(b, out + rowLength)
        store(c, out + 2 &* rowLength)
    }

    /// sums[c][x] = sum over taps of weights[tap][x] * picture[c][x + tap], given to `body` eight pixels at a time.
    @inline(__always)
    func gather(
        weights: FloatPointer, picture: FloatPointer, channels: Int,
        _ body: (_ channel: Int, _ x: Int, _ sums: Vector) -> Void
    ) {
        work?.add(taps * channels * width)
        let rowStep = channels &* rowLength
        var x = 0
        while x < width {
            var channel = 0
            while channel &+ 4 <= channels {
                var (a, b, c, d) = (Vector.zero, Vector.zero, Vector.zero, Vector.zero)
                var weight = weights + x
                var row = picture + channel &* rowLength &+ x
                // A constant bound lets the inner loop be unrolled.
                if side == 7 {
                    for _ in 0..<7 {
                        for j in 0..<7 {
                            let factor = load(weight)
                            let place = row + j
                            a = a.addingProduct(factor, load(place))
                            b = b.addingProduct(factor, load(place + rowLength))
                            c = c.addingProduct(factor, load(place + 2 &* rowLength))
                            d = d.addingProduct(factor, load(place + 3 &* rowLength))
                            weight += rowLength
                        }
                        row += rowStep
                    }
                } else {
                    for _ in 0..<side {
                        for j in 0..<side {
                            let factor = load(weight)
                            let place = row + j
                            a = a.addingProduct(factor, load(place))
                            b = b.addingProduct(factor, load(place + rowLength))
                            c = c.addingProduct(factor, load(place + 2 &* rowLength))
                            d = d.addingProduct(factor, load(place + 3 &* rowLength))
                            weight += rowLength
                        }
                        row += rowStep
                    }
                }
                body(channel, x, a)
                body(channel &+ 1, x, b)
                body(channel &+ 2, x, c)
                body(channel &+ 3, x, d)
                channel &+= 4
            }
            while channel < channels {
                var sum = Vector.zero
                var weight = weights + x
                var row = picture + channel &* rowLength &+ x
                for _ in 0..<side {
                    for j in 0..<side {
                        sum = sum.addingProduct(load(weight), load(row + j))
                        weight += rowLength
                    }
                    row += rowStep
                }
                body(channel, x, sum)
                channel &+= 1
            }
            x &+= lanes
        }
    }

    /// picture[c][x + tap] += weights[tap][x] * center[c][x]: the adjoint of `gather` and `dots`.
    @inline(__always)
    func scatter(
        weights: FloatPointer, center: FloatPointer, picture: FloatPointer, channels: Int
    ) {
        work?.add(taps * channels * width)
        // As a sum over the taps of one row it writes each place once, in order.
        let reach = width &+ side &- 1
        let rowStep = channels &* rowLength
        var v = 0
        while v < reach {
            for channel in 0..<channels {
                let middle = center + channel &* rowLength &+ v
                var place = picture + channel &* rowLength &+ v
                var weight = weights + v
                if side == 7 {
                    let (a, b, c) = (load(middle), load(middle - 1), load(middle - 2))
                    let (d, e) = (load(middle - 3), load(middle - 4))
                    let (f, g) = (load(middle - 5), load(middle - 6))
                    for _ in 0..<7 {
                        // Two sums, so that one does not wait for the other.
                        var first = load(place).addingProduct(a, load(weight))
                        var second = b * load(weight &+ rowLength &- 1)
                        first = first.addingProduct(c, load(weight &+ 2 &* rowLength &- 2))
                        second = second.addingProduct(d, load(weight &+ 3 &* rowLength &- 3))
                        first = first.addingProduct(e, load(weight &+ 4 &* rowLength &- 4))
                        second = second.addingProduct(f, load(weight &+ 5 &* rowLength &- 5))
                        first = first.addingProduct(g, load(weight &+ 6 &* rowLength &- 6))
                        store(first + second, place)
                        weight += 7 &* rowLength
                        place += rowStep
                    }
                } else {
                    for _ in 0..<side {
                        var sum = load(place)
                        for j in 0..<side {
                            sum = sum.addingProduct(load(weight - j), load(middle - j))
                            weight += rowLength
                        }
                        store(sum, place)
                        place += rowStep
                    }
                }
            }
            v &+= lanes
        }
    }

    /// Copies a row of pixels into a row buffer (given at pixel 0).
    @inline(__always)
    func fillRow(_ source: FloatPointer, into row: FloatPointer) { copyRow(source, row, width) }
}
