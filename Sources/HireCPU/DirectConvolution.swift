import CVectorShims
import HireArray

/// Sizes of a convolution with stride 1 computed without `im2col`.
///
/// The input is copied into planes with the zero border in place. Seen as one flat run of pixels with that row
/// length, each tap is a constant shift, so that the inner loop has no borders: it also computes
/// the few pixels that straddle two rows, which are dropped when rows are copied out.
struct DirectConvolution {
    let inputHeight, inputWidth, outputHeight, outputWidth: Int
    let padTop, padLeft: Int
    /// Elements from one row of the padded planes to the next.
    let rowLength: Int
    /// Rows of input beyond the first that an output row needs.
    let reach: Int
    /// Flat shift of each tap.
    let shifts: [Int]

    /// Pixels computed at once.
    static let pixels = CPUBackend.multipliesTiles ? Int(HIRE_CONVOLUTION_PIXELS) : 24
    /// Output channels computed at once, at most.
    static let channels = CPUBackend.multipliesTiles ? Int(HIRE_CONVOLUTION_CHANNELS) : 4

    init(input: SIMD2<Int>, output: SIMD2<Int>, window: Window2D, padding: SIMD2<Int>) {
        inputHeight = input.x
        inputWidth = input.y
        outputHeight = output.x
        outputWidth = output.y
        padTop = padding.x
        padLeft = padding.y
        let rowLength = output.y + (window.kernel.y - 1) * window.dilation.y
        self.rowLength = rowLength
        reach = (window.kernel.x - 1) * window.dilation.x
        shifts = (0..<window.kernel.x * window.kernel.y).map { tap in
            tap / window.kernel.y * window.dilation.x * rowLength
                + tap % window.kernel.y * window.dilation.y
        }
    }

    /// Rows of output per piece of work, so that the padded input of a piece stays in the second-level cache.
    func bandRows(channels: Int, pieces: Int) -> Int {
        let fits = 160_000 / max(1, channels * rowLength) - reach
        let shared = (outputHeight + pieces - 1) / max(pieces, 1)
        return max(1, min(outputHeight, max(fits, 4), max(shared, 4)))
    }

    /// Elements of one padded plane that holds the input of `rows` output rows.
    func planeSize(rows: Int) -> Int {
        roundUp((rows + reach) * rowLength + (rowLength - outputWidth) + 32, to: 8)
    }

    /// Fills padded planes, `step` elements apart, with the input of output rows `first` ..< `first + rows`, and
    /// `size` elements of each in all.
    func pad(
        _ source: FloatPointer, channels: Int, first: Int, rows: Int, into planes: FloatPointer,
        step: Int, size: Int
    ) {
        let tail = rowLength - padLeft - inputWidth
        for channel in 0..<channels {
            let plane = source + channel * inputHeight * inputWidth
            var place = planes + channel * step
            let end = place + size
            for row in first - padTop..<first - padTop + rows + reach {
                if row < 0 || row >= inputHeight {
                    place.update(repeating: 0, count: rowLength)
                } else {
                    for x in 0..<padLeft { place[x] = 0 }
                    let (from, count) = (plane + row * inputWidth, inputWidth + min(tail, 0))
                    if count < 128 {
                        copyRow(from, place + padLeft, count)
                    } else {
                        (place + padLeft).update(from: from, count: count)
                    }
                    if tail > 0 {
                        for x in rowLength - tail..<rowLength { place[x] = 0 }
                    }
                }
                place += rowLength
            }
            place.update(repeating: 0, count: end - place)
        }
    }

    /// Output channels shared among tiles: as evenly as can be on wide registers, by fours otherwise.
    static func blocks(_ outputs: Int) -> [Range<Int>] {
        let count = (outputs + channels - 1) / channels
        return (0..<count).map { block in
            CPUBackend.multipliesTiles
                ? block * outputs / count..<(block + 1) * outputs / count
                : block * channels..<min((block + 1) * channels, outputs)
        }
    }

    /// Channels that the weights of a block are filled up to, with zeros.
    static func filled(_ block: Range<Int>) -> Int {
        CPUBackend.multipliesTiles ? block.count : channels
    }

    /// Weights reordered to [in, taps, channels] for each block.
    static func pack(
        _ blocks: [Range<Int>], columns: Int, _ weight: (_ output: Int, _ column: Int) -> Float
    ) -> FloatPointer {
        let packed = scratch(blocks.reduce(0) { $0 + filled($1) } * columns)
        var place = packed
        for block in blocks {
            for column in 0..<columns {
                for lane in 0..<filled(block) {
                    let output = block.lowerBound + lane
                    place[lane] = output < block.upperBound ? weight(output, column) : 0
                }
                place += filled(block)
            }
        }
        return packed
    }

    /// One block of output channels for a run of pixels, a multiple of `pixels`.
    func run(
        _ planes: FloatPointer, planeSize: Int, inputs: Int, channels: Int, weights: FloatPointer,
        pixels: Int, into out: FloatPointer
    ) {
        shifts.withUnsafeBufferPointer { buffer in
            guard let shifts = buffer.baseAddress else { return }
            if CPUBackend.multipliesTiles {
                buffer.withMemoryRebound(to: Int64.self) { wide in
                    hire_convolve_tile(
                        Int32(channels), planes, Int64(planeSize), Int64(inputs), wide.baseAddress,
                        Int64(wide.count), weights, Int64(pixels), out, Int64(pixels))
                }
                return
            }
            var position = 0
            while position < pixels {
                Self.block(
                    planes + position, planeSize: planeSize, inputs: inputs, shifts: shifts,
                    taps: buffer.count, weights: weights, into: out + position, outSize: pixels)
                position += Self.pixels
            }
        }
    }

    /// Four output channels of 24 consecutive pixels.
    @inline(__always)
    static func block(
        _ input: UnsafePointer<Float>, planeSize: Int, inputs: Int, shifts: UnsafePointer<Int>,
        taps: Int, weights packed: UnsafePointer<Float>, into out: FloatPointer, outSize: Int
    ) {
        var (a0, a1, a2) = (Vector.zero, Vector.zero, Vector.zero)
        var (b0, b1, b2) = (Vector.zero, Vector.zero, Vector.zero)
        var (c0, c1, c2) = (Vector.zero, Vector.zero, Vector.zero)
        var (d0, d1, d2) = (Vector.zero, Vector.zero, Vector.zero)
        var weights = packed
        var plane = input
        for _ in 0..<inputs {
            for tap in 0..<taps {
                let place = plane + shifts[tap]
                let (x0, x1, x2) = (load(place), load(place + 8), load(place + 16))
                let a = splat(weights[0])
                a0 = a0.addingProduct(x0, a)
                a1 = a1.addingProduct(x1, a)
                a2 = a2.addingProduct(x2, a)
                let b = splat(weights[1])
                b0 = b0.addingProduct(x0, b)
                b1 = b1.addingProduct(x1, b)
                b2 = b2.addingProduct(x2, b)
                let c = splat(weights[2])
                c0 = c0.addingProduct(x0, c)
                c1 = c1.addingProduct(x1, c)
                c2 = c2.addingProduct(x2, c)
                let d = splat(weights[3])
                d0 = d0.addingProduct(x0, d)
                d1 = d1.addingProduct(x1, d)
                d2 = d2.addingProduct(x2, d)
                weights += 4
            }
            plane += planeSize
        }
        var place = out
        store(a0, place)
        store(a1, place + 8)
        store(a2, place + 16)
        place += outSize
        store(b0, place)
        store(b1, place + 8)
        store(b2, place + 16)
        place += outSize
        store(c0, place)
        store(c1, place + 8)
        store(c2, place + 16)
        place += outSize
        store(d0, place)
        store(d1, place + 8)
        store(d2, place + 16)
    }

    /// Planes of gradients, and multiples of pixels, that `products` takes.
    static let slopes = CPUBackend.multipliesTiles ? Int(HIRE_CORRELATION_SLOPES) : 4
    static let slopePixels = CPUBackend.multipliesTiles ? 16 : 8

    /// sums[3][slopes] = inner products of planes of gradients with three shifted planes of input.
    static func products(
        _ slopes: FloatPointer, slopeSize: Int, _ x: FloatPointer, _ y: FloatPointer,
        _ z: FloatPointer, count: Int, into sums: FloatPointer
    ) {
        if CPUBackend.multipliesTiles {
            hire_correlate_tile(slopes, Int64(slopeSize), x, y, z, Int64(count), sums)
            return
        }
        var (a0, a1, a2) = (Vector.zero, Vector.zero, Vector.zero)
        var (b0, b1, b2) = (Vector.zero, Vector.zero, Vector.zero)
        var (c0, c1, c2) = (Vector.zero, Vector.zero, Vector.zero)
        var (d0, d1, d2) = (Vector.zero, Vector.zero, Vector.zero)
        var position = 0
        while position < count {
            let (x0, x1, x2) = (load(x + position), load(y + position), load(z + position))
            let place = slopes + position
            let a = load(place)
            a0 = a0.addingProduct(x0, a)
            a1 = a1.addingProduct(x1, a)
            a2 = a2.addingProduct(x2, a)
            let b = load(place + slopeSize)
            b0 = b0.addingProduct(x0, b)
            b1 = b1.addingProduct(x1, b)
            b2 = b2.addingProduct(x2, b)
            let c = load(place + 2 &* slopeSize)
            c0 = c0.addingProduct(x0, c)
            c1 = c1.addingProduct(x1, c)
            c2 = c2.addingProduct(x2, c)
            let d = load(place + 3 &* slopeSize)
            d0 = d0.addingProduct(x0, d)
            d1 = d1.addingProduct(x1, d)
            d2 = d2.addingProduct(x2, d)
            position &+= lanes
        }
        sums[0] = laneSum(a0)
        sums[4] = laneSum(a1)
        sums[8] = laneSum(a2)
        sums[1] = laneSum(b0)
        sums[5] = laneSum(b1)
        sums[9] = laneSum(b2)
        sums[2] = laneSum(c0)
        sums[6] = laneSum(c1)
        sums[10] = laneSum(c2)
        sums[3] = laneSum(d0)
        sums[7] = laneSum(d1)
        sums[11] = laneSum(d2)
    }
}

/// Copies a short row without a call.
@inline(__always)
func copyRow(_ source: FloatPointer, _ target: FloatPointer, _ count: Int) {
    forEachVector(count) { position, length in
        storePartial(loadPartial(source + position, length), target + position, length)
    }
}
