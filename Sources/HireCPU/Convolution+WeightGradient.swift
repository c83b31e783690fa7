import HireArray

extension CPUBackend {
    /// The gradient of the weight without `im2col`, summed over the batch.
    func correlateDirect(
        _ shape: ConvolutionShape, _ source: FloatPointer, _ gs: FloatPointer,
        into target: FloatPointer
    ) {
        let direct = DirectConvolution(
            input: [shape.inputHeight, shape.inputWidth],
            output: [shape.outputHeight, shape.outputWidth], window: shape.window,
            padding: shape.window.padding)
        // The gradient, too, is laid out with the padded row length, zeros between its rows.
        let spread = DirectConvolution(
            input: [shape.outputHeight, shape.outputWidth],
            output: [shape.outputHeight, direct.rowLength],
            window: Window2D(kernel: [1, 1]), padding: [0, 0])
        let band = direct.bandRows(channels: shape.inputs + shape.outputs, pieces: 1)
        let bands = (shape.outputHeight + band - 1) / band
        let count = shape.outputs * shape.columns
        // Each task sums a run of (sample, band) pieces; the sums are added in order. How many there are depends on
        // the shape only, so that the bits do not depend on the number of threads.
        let pieces = shape.batch * bands
        let parts = min(pieces, Self.partialSums(cost: shape.cost))
        let size = (pieces + parts - 1) / parts
        let used = (pieces + size - 1) / size
        // Small samples are laid one behind the other and taken as one long plane.
        let sampleSize = (band + direct.reach) * direct.rowLength
        let together = bands == 1 ? max(1, min(size, 1024 / sampleSize)) : 1
        let step = direct.planeSize(rows: band) + (together - 1) * sampleSize
        let partial = zeroedScratch(used * shape.groups * count)
        defer { partial.deallocate() }
        parallelTasks(used * shape.groups, cost: shape.cost, threshold: 200_000) { task in
            let (part, group) = (task / shape.groups, task % shape.groups)
            let planes = zeroedScratch(shape.inputs * step)
            let slopes = zeroedScratch(
                roundUp(shape.outputs, to: DirectConvolution.slopes) * step)
            defer {
                planes.deallocate()
                slopes.deallocate()
            }
            let last = min((part + 1) * size, pieces)
            for piece in stride(from: part * size, to: last, by: together) {
                let samples = min(together, last - piece)
                let first = piece % bands * band
                let rows = min(band, shape.outputHeight - first)
                for place in 0..<samples {
                    let index = (piece + place) / bands * shape.groups + group
                    let length = step - place * sampleSize
                    direct.pad(
                        source + index * shape.inputs * shape.inputPlane, channels: shape.inputs,
                        first: first, rows: rows, into: planes + place * sampleSize, step: step,
                        size: length)
                    spread.pad(
                        gs + index * shape.outputs * shape.outputPlane, channels: shape.outputs,
                        first: first, rows: rows, into: slopes + place * sampleSize, step: step,
                        size: length)
                }
                addProducts(
                    shape, direct, planes, slopes, step: step,
                    pixels: (samples - 1) * sampleSize + rows * direct.rowLength,
                    filled: samples * rows * shape.outputWidth, into: partial + task * count)
            }
        }
        for group in 0..<shape.groups {
            let to = target + group * count
            to.update(from: partial + group * count, count: count)
            for part in 1..<max(used, 1) {
                let sums = partial + (part * shape.groups + group) * count
                for index in 0..<count { to[index] += sums[index] }
            }
        }
    }

    /// Into how many sums a gradient's terms are split: a power of two up to 16, more for more work.
    static func partialSums(cost: Int) -> Int {
        var parts = 1
        while parts < 16, parts * 500_000 < cost { parts *= 2 }
        return parts
    }

    /// sums[o, c, tap] += inner products over the pixels of one piece, `filled` of which are no zeros between rows.
    private func addProducts(
        _ shape: ConvolutionShape, _ direct: DirectConvolution, _ planes: FloatPointer,
        _ slopes: FloatPointer, step: Int, pixels: Int, filled: Int,
        into sums: FloatPointer
    ) {
        let columns = shape.columns
        let taps = shape.taps
        let count = roundUp(pixels, to: DirectConvolution.slopePixels)
        let height = DirectConvolution.slopes
        withUnsafeTemporaryAllocation(of: Float.self, capacity: height * 3) { memory in
            guard let results = memory.baseAddress else { return }
            // Pixels in runs that fit the first-level cache together with their planes.
            var start = 0
            var products = 0
            defer { work?.add(products * filled) }
            while start < count {
                let length = min(1024, count - start)
                var block = 0
                while block < shape.outputs {
                    var column = 0
                    while column < columns {
                        let place = { (offset: Int) in
                            let index = min(column + offset, columns - 1)
                            return planes + index / taps * step + direct.shifts[index % taps]
                                + start
                        }
                        DirectConvolution.products(
                            slopes + block * step + start, slopeSize: step, place(0),
                            place(1), place(2), count: length, into: results)
                        if start == 0 {
                            products +=
                                min(height, shape.outputs - block) * min(3, columns - column)
                        }
                        for lane in 0..<min(height, shape.outputs - block) {
                            for offset in 0..<min(3, columns - column) {
                                sums[(block + lane) * columns + column + offset] +=
                                    results[offset * height + lane]
                            }
                        }
                        column += 3
                    }
                    block += height
                }
                start += length
            }
        }
    }
}
