import HireArray

/// The sizes of one adaptive convolution.
private struct AdaptiveShape {
    let batch, channels, height, width, radius: Int
    let products: WindowProducts

    init(source: NDArray, kernel: NDArray, radius: Int, work: WorkCounter?) {
        (batch, channels) = (source.shape[0], source.shape[1])
        (height, width) = (kernel.shape[2], kernel.shape[3])
        self.radius = radius
        products = WindowProducts(radius: radius, width: width, work: work)
    }

    var plane: Int { height * width }
    var paddedWidth: Int { width + 2 * radius }
    var paddedPlane: Int { (height + 2 * radius) * paddedWidth }
    var taps: Int { products.taps }
    var cost: Int { batch * plane * taps * channels }

    /// Rows per piece of work.
    func band(_ threads: Int) -> Int { max(4, min(32, (height * batch + threads - 1) / threads)) }

    /// Channels at a time, so that a band's padded picture takes about half a megabyte.
    func block(rows: Int) -> Int {
        max(4, min(channels, 131_072 / ((rows + 2 * radius) * products.rowLength)))
    }

    /// Copies channels of the padded source of a band into a picture with room behind each row.
    func spread(
        _ source: FloatPointer, channels range: Range<Int>, first: Int, rows: Int,
        into picture: FloatPointer
    ) {
        for y in 0..<rows + 2 * radius {
            for (index, channel) in range.enumerated() {
                copyRow(
                    source + channel * paddedPlane + (first + y) * paddedWidth,
                    picture + (y * range.count + index) * products.rowLength, paddedWidth)
            }
        }
    }

    /// Copies one row of each plane of [count, height, width] into row buffers.
    func rows(_ source: FloatPointer, count: Int, pixel: Int, into buffers: FloatPointer) {
        for index in 0..<count {
            products.fillRow(
                source + index * plane + pixel,
                into: buffers + index * products.rowLength + products.margin)
        }
    }
}

extension CPUBackend {
    /// out[b, c, y, x] = sum over p=(i, j) of kernel[b, p, y, x] * source[b, c, y + i, x + j].
    public func adaptiveConv(_ source: NDArray, _ kernel: NDArray, radius: Int, into out: NDArray) {
        if out.count == 0 { return }
        let shape = AdaptiveShape(source: source, kernel: kernel, radius: radius, work: work)
        let (input, weights) = (dense(source), dense(kernel))
        let (from, ks, target) = (input.floatPointer, weights.floatPointer, out.floatPointer)
        let products = shape.products
        let band = shape.band(threads)
        let bands = (shape.height + band - 1) / band
        parallelTasks(shape.batch * bands, cost: shape.cost) { task in
            let sample = task / bands
            let first = task % bands * band
            let rows = min(band, shape.height - first)
            let block = shape.block(rows: rows)
            let picture = zeroedScratch((rows + 2 * shape.radius) * block * products.rowLength)
            let buffers = zeroedScratch(shape.taps * products.rowLength)
            defer {
                picture.deallocate()
                buffers.deallocate()
            }
            var channel = 0
            while channel < shape.channels {
                let range = channel..<min(channel + block, shape.channels)
                shape.spread(
                    from + sample * shape.channels * shape.paddedPlane, channels: range,
                    first: first,
                    rows: rows, into: picture)
                for y in 0..<rows {
                    let pixel = (first + y) * shape.width
                    shape.rows(
                        ks + sample * shape.taps * shape.plane, count: shape.taps, pixel: pixel,
                        into: buffers)
                    let place = target + (sample * shape.channels + channel) * shape.plane + pixel
                    products.gather(
                        weights: buffers + products.margin,
                        picture: picture + y * range.count * products.rowLength,
                        channels: range.count
                    ) { index, x, sums in
                        storePartial(
                            sums, place + index &* shape.plane &+ x, min(lanes, shape.width &- x))
                    }
                }
                channel += block
            }
        }
        withExtendedLifetime((input, weights)) {}
    }

    /// Gradients of `adaptiveConv`; every tap receives its gradient.
    public func adaptiveConvGradient(
        _ source: NDArray, _ kernel: NDArray, radius: Int, _ gradient: NDArray,
        sourceGradient: NDArray?, kernelGradient: NDArray?
    ) {
        let shape = AdaptiveShape(source: source, kernel: kernel, radius: radius, work: work)
        if gradient.count == 0 {
            for output in [sourceGradient, kernelGradient].compactMap({ $0 }) { fill(output, 0) }
            return
        }
        let slopes = dense(gradient)
        if let kernelGradient {
            let input = dense(source)
            kernelSlopes(
                shape, input.floatPointer, slopes.floatPointer, kernelGradient.floatPointer)
            withExtendedLifetime(input) {}
        }
        if let sourceGradient {
            let weights = dense(kernel)
            sourceSlopes(
                shape, weights.floatPointer, slopes.floatPointer, sourceGradient.floatPointer)
            withExtendedLifetime(weights) {}
        }
        withExtendedLifetime(slopes) {}
    }

    /// d kernel[tap, y, x] = sum over channels of gradient[c, y, x] * source[c, (y, x) + tap].
    private func kernelSlopes(
        _ shape: AdaptiveShape, _ from: FloatPointer, _ gs: FloatPointer, _ target: FloatPointer
    ) {
        let products = shape.products
        let band = shape.band(threads)
        let bands = (shape.height + band - 1) / band
        parallelTasks(shape.batch * bands, cost: shape.cost) { task in
            let sample = task / bands
            let first = task % bands * band
            let rows = min(band, shape.height - first)
            let block = shape.block(rows: rows)
            let picture = zeroedScratch((rows + 2 * shape.radius) * block * products.rowLength)
            let centers = zeroedScratch(block * products.rowLength)
            let dots = scratch(shape.taps * products.rowLength)
            defer {
                picture.deallocate()
                centers.deallocate()
                dots.deallocate()
            }
            var channel = 0
            while channel < shape.channels {
                let range = channel..<min(channel + block, shape.channels)
                shape.spread(
                    from + sample * shape.channels * shape.paddedPlane, channels: range,
                    first: first,
                    rows: rows, into: picture)
                for y in 0..<rows {
                    let pixel = (first + y) * shape.width
                    shape.rows(
                        gs + (sample * shape.channels + channel) * shape.plane, count: range.count,
                        pixel: pixel, into: centers)
                    products.dots(
                        center: centers + products.margin,
                        picture: picture + y * range.count * products.rowLength,
                        channels: range.count, into: dots)
                    for tap in 0..<shape.taps {
                        let out = target + (sample * shape.taps + tap) * shape.plane + pixel
                        let row = dots + tap * products.rowLength
                        if channel == 0 {
                            copyRow(row, out, shape.width)
                        } else {
                            forEachVector(shape.width) { x, count in
                                storePartial(
                                    loadPartial(out + x, count) + loadPartial(row + x, count),
                                    out + x,
                                    count)
                            }
                        }
                    }
                }
                channel += block
            }
        }
    }

    /// d source[c, (y, x) + tap] += gradient[c, y, x] * kernel[tap, y, x]; threads take whole channels.
    private func sourceSlopes(
        _ shape: AdaptiveShape, _ ks: FloatPointer, _ gs: FloatPointer, _ target: FloatPointer
    ) {
        let products = shape.products
        let block = max(1, min(8, (shape.channels * shape.batch + threads * 2 - 1) / (threads * 2)))
        let blocks = (shape.channels + block - 1) / block
        parallelTasks(shape.batch * blocks, cost: shape.cost) { task in
            let sample = task / blocks
            let channel = task % blocks * block
            let count = min(block, shape.channels - channel)
            let picture = zeroedScratch(
                (shape.height + 2 * shape.radius) * count * products.rowLength)
            let centers = zeroedScratch(count * products.rowLength)
            let buffers = zeroedScratch(shape.taps * products.rowLength)
            defer {
                picture.deallocate()
                centers.deallocate()
                buffers.deallocate()
            }
            for y in 0..<shape.height {
                let pixel = y * shape.width
                shape.rows(
                    ks + sample * shape.taps * shape.plane, count: shape.taps, pixel: pixel,
                    into: buffers)
                shape.rows(
                    gs + (sample * shape.channels + channel) * shape.plane, count: count,
                    pixel: pixel,
                    into: centers)
                products.scatter(
                    weights: buffers + products.margin, center: centers + products.margin,
                    picture: picture + y * count * products.rowLength, channels: count)
            }
            for index in 0..<count {
                for y in 0..<shape.height + 2 * shape.radius {
                    copyRow(
                        picture + (y * count + index) * products.rowLength,
                        target + (sample * shape.channels + channel + index) * shape.paddedPlane
                            + y * shape.paddedWidth, shape.paddedWidth)
                }
            }
        }
    }
}
