import CVectorShims
import HireArray

/// The sizes of one joint bilateral kernel.
struct BilateralShape {
    let batch, channels, height, width, radius: Int
    let products: WindowProducts

    init(_ projected: NDArray, radius: Int, work: WorkCounter?) {
        (batch, channels) = (projected.shape[0], projected.shape[1])
        (height, width) = (projected.shape[2], projected.shape[3])
        self.radius = radius
        products = WindowProducts(radius: radius, width: width, work: work)
    }

    var plane: Int { height * width }
    var taps: Int { products.taps }
    var cost: Int { batch * plane * taps * channels }

    /// Rows per piece of work.
    func band(_ threads: Int) -> Int { max(4, min(32, (height * batch + threads - 1) / threads)) }

    /// Elements of one padded row, all channels.
    var rowStep: Int { channels * products.rowLength }

    /// Elements of a padded picture for a band of rows.
    func pictureSize(rows: Int) -> Int { (rows + 2 * radius) * rowStep }

    /// The reflect-padded picture around rows `first` ..< `first + rows`.
    func pad(
        _ source: FloatPointer, first: Int, rows: Int, columns: [Int], into picture: FloatPointer
    ) {
        for y in 0..<rows + 2 * radius {
            let row = reflected(first + y - radius, height)
            for channel in 0..<channels {
                padRow(
                    source + channel * plane + row * width, columns, radius, width,
                    into: picture + y * rowStep + channel * products.rowLength)
            }
        }
    }
}

extension CPUBackend {
    /// The normalised joint bilateral kernel of each pixel.
    public func bilateralKernel(
        _ projected: NDArray, temperature: NDArray, spatial: NDArray, radius: Int,
        range: NDArray, into out: NDArray
    ) {
        if out.count == 0 { return }
        let shape = BilateralShape(projected, radius: radius, work: work)
        let (input, factors) = (dense(projected), dense(spatial))
        let (source, spatials) = (input.floatPointer, factors.floatPointer)
        let (ranges, target) = (range.floatPointer, out.floatPointer)
        let heat = temperature.floatPointer[0]
        let columns = paddedPositions(shape.width, before: radius, after: radius, .reflect)
        let band = shape.band(threads)
        let bands = (shape.height + band - 1) / band
        let products = shape.products
        let taps = shape.taps
        parallelTasks(shape.batch * bands, cost: shape.cost) { task in
            let sample = task / bands
            let first = task % bands * band
            let rows = min(band, shape.height - first)
            let picture = zeroedScratch(shape.pictureSize(rows: rows))
            let centers = zeroedScratch(shape.channels * products.rowLength)
            let logits = scratch((taps + 1) * products.rowLength)
            defer {
                picture.deallocate()
                centers.deallocate()
                logits.deallocate()
            }
            let start = source + sample * shape.channels * shape.plane
            shape.pad(start, first: first, rows: rows, columns: columns, into: picture)
            for y in 0..<rows {
                let pixel = (first + y) * shape.width
                for channel in 0..<shape.channels {
                    products.fillRow(
                        start + channel * shape.plane + pixel,
                        into: centers + channel * products.rowLength + products.margin)
                }
                products.dots(
                    center: centers + products.margin, picture: picture + y * shape.rowStep,
                    channels: shape.channels, into: logits)
                let place = sample * taps * shape.plane + pixel
                normaliseWindows(
                    logits, products, heat, spatials, plane: shape.plane, range: ranges + place,
                    out: target + place)
            }
        }
        withExtendedLifetime((input, factors)) {}
    }

    /// Softmax over the taps, times the spatial weights, normalised; `logits` has one row to spare.
    private func normaliseWindows(
        _ logits: FloatPointer, _ products: WindowProducts, _ heat: Float, _ spatials: FloatPointer,
        plane: Int, range: FloatPointer, out: FloatPointer
    ) {
        let taps = products.taps
        let step = products.rowLength
        let factors = logits + taps * step
        var x = 0
        while x < products.width {
            var top = load(logits + x) * heat
            for tap in 1..<taps {
                top = hire_maximum(load(logits + tap &* step &+ x) * heat, top)
            }
            var total = Vector.zero
            for tap in 0..<taps {
                let place = logits + tap &* step &+ x
                let value = VectorMath.exp(load(place) * heat - top)
                store(value, place)
                total += value
            }
            let scale = 1 / total
            var sum = Vector.zero
            for tap in 0..<taps {
                let place = logits + tap &* step &+ x
                let value = load(place) * scale
                store(value, place)
                sum = sum.addingProduct(value, splat(spatials[tap]))
            }
            store(1 / sum.replacing(with: 1e-7, where: sum .< 1e-7), factors + x)
            x &+= lanes
        }
        // Tap by tap, so that whole rows are written: the planes of a tap lie far apart.
        for tap in 0..<taps {
            let spatial = splat(spatials[tap])
            let (row, first, second) = (
                logits + tap &* step, range + tap &* plane, out + tap &* plane
            )
            forEachVector(products.width) { x, count in
                let value = load(row + x)
                storePartial(value, first + x, count)
                storePartial(value * spatial * load(factors + x), second + x, count)
            }
        }
    }
}
