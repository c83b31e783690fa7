import CVectorShims
import HireArray

/// The sizes of one joint bilateral kernel.
private struct BilateralShape {
    let batch, channels, height, width, radius: Int
    let products: WindowProducts

    init(_ projected: NDArray, radius: Int) {
        (batch, channels) = (projected.shape[0], projected.shape[1])
        (height, width) = (projected.shape[2], projected.shape[3])
        self.radius = radius
        products = WindowProducts(radius: radius, width: width)
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
        let shape = BilateralShape(projected, radius: radius)
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

    /// Gradients of `bilateralKernel` given what it saved.
    public func bilateralKernelGradient(
        _ projected: NDArray, temperature: NDArray, spatial: NDArray, radius: Int, range: NDArray,
        _ gradient: NDArray, into out: NDArray, temperatureGradient: NDArray,
        spatialGradient: NDArray
    ) {
        if out.count == 0 { return }
        let shape = BilateralShape(projected, radius: radius)
        let (input, factors) = (dense(projected), dense(spatial))
        let (saved, slopes) = (dense(range), dense(gradient))
        let (source, spatials) = (input.floatPointer, factors.floatPointer)
        let (ranges, gs) = (saved.floatPointer, slopes.floatPointer)
        let heat = temperature.floatPointer[0]
        let columns = paddedPositions(shape.width, before: radius, after: radius, .reflect)
        let products = shape.products
        let (taps, channels, width) = (shape.taps, shape.channels, shape.width)
        let band = shape.band(1)
        let bands = (shape.height + band - 1) / band
        // Each band adds to its own padded picture and its own sums of spatial weights' and heat's gradients.
        let pieceSize = shape.pictureSize(rows: band)
        let pieces = zeroedScratch(shape.batch * bands * pieceSize)
        let totals = UnsafeMutablePointer<Double>.allocate(
            capacity: shape.batch * bands * (taps + 1))
        totals.update(repeating: 0, count: shape.batch * bands * (taps + 1))
        defer {
            pieces.deallocate()
            totals.deallocate()
        }
        parallelTasks(shape.batch * bands, cost: shape.cost * 3) { task in
            let sample = task / bands
            let first = task % bands * band
            let rows = min(band, shape.height - first)
            let picture = zeroedScratch(shape.pictureSize(rows: rows))
            let centers = zeroedScratch(channels * products.rowLength)
            let weights = zeroedScratch(taps * products.rowLength)
            let saved = zeroedScratch(taps * products.rowLength + taps * lanes)
            defer {
                for pointer in [picture, centers, weights, saved] { pointer.deallocate() }
            }
            let piece = pieces + task * pieceSize
            let sums = totals + task * (taps + 1)
            let start = source + sample * channels * shape.plane
            shape.pad(start, first: first, rows: rows, columns: columns, into: picture)
            for y in 0..<rows {
                var heatSum = Vector.zero
                let pixel = (first + y) * width
                for channel in 0..<channels {
                    products.fillRow(
                        start + channel * shape.plane + pixel,
                        into: centers + channel * products.rowLength + products.margin)
                }
                let place = sample * taps * shape.plane + pixel
                for tap in 0..<taps {
                    copyRow(
                        ranges + place + tap * shape.plane, saved + tap * products.rowLength, width)
                    copyRow(
                        gs + place + tap * shape.plane,
                        weights + tap * products.rowLength + products.margin, width)
                }
                logitGradients(
                    saved, spatials, heat, products, spatialSums: sums,
                    into: weights + products.margin)
                products.gather(
                    weights: weights + products.margin, picture: picture + y * shape.rowStep,
                    channels: channels
                ) { channel, x, centerSums in
                    let target =
                        piece + (y &+ radius) &* shape.rowStep &+ channel &* products.rowLength
                        &+ radius &+ x
                    store(load(target) + centerSums, target)
                    heatSum = heatSum.addingProduct(
                        centerSums,
                        load(centers + channel &* products.rowLength &+ products.margin &+ x))
                }
                products.scatter(
                    weights: weights + products.margin, center: centers + products.margin,
                    picture: piece + y * shape.rowStep, channels: channels)
                sums[taps] += Double(laneSum(heatSum))
            }
        }
        foldPieces(shape, pieces, pieceSize, band: band, columns: columns, into: out.floatPointer)
        for task in 1..<max(shape.batch * bands, 1) {
            for tap in 0...taps { totals[tap] += totals[task * (taps + 1) + tap] }
        }
        let spatialOut = spatialGradient.floatPointer
        for tap in 0..<taps { spatialOut[tap] = Float(totals[tap]) }
        // Every weight carries the temperature once: sum of d logit * logit / temperature.
        temperatureGradient.floatPointer[0] = heat == 0 ? 0 : Float(totals[taps] / Double(heat))
        withExtendedLifetime((input, factors, saved, slopes)) {}
    }

    /// weights[tap][x], given d loss / d kernel, becomes temperature * d loss / d logit.
    ///
    /// Adds to the sums of the spatial weights' gradients; `range` has a vector per tap to spare behind its rows.
    private func logitGradients(
        _ range: FloatPointer, _ spatials: FloatPointer, _ heat: Float, _ products: WindowProducts,
        spatialSums: UnsafeMutablePointer<Double>, into weights: FloatPointer
    ) {
        let taps = products.taps
        let step = products.rowLength
        let sums = range + taps * step
        sums.update(repeating: 0, count: taps * lanes)
        var x = 0
        while x < products.width {
            var sum = Vector.zero
            var inner = Vector.zero
            for tap in 0..<taps {
                let n = load(range + tap &* step &+ x) * spatials[tap]
                sum += n
                inner = inner.addingProduct(n, load(weights + tap &* step &+ x))
            }
            let scale = 1 / sum.replacing(with: 1e-7, where: sum .< 1e-7)
            let shift = (inner * scale * scale).replacing(with: 0, where: sum .< 1e-7)
            var total = Vector.zero
            for tap in 0..<taps {
                let r = load(range + tap &* step &+ x)
                let place = weights + tap &* step &+ x
                let d = load(place) * scale - shift
                store(load(sums + tap &* lanes).addingProduct(d, r), sums + tap &* lanes)
                let slope = d * spatials[tap]
                store(slope, place)
                total = total.addingProduct(slope, r)
            }
            for tap in 0..<taps {
                let place = weights + tap &* step &+ x
                store((load(place) - total) * load(range + tap &* step &+ x) * heat, place)
            }
            x &+= lanes
        }
        for tap in 0..<taps { spatialSums[tap] += Double(laneSum(load(sums + tap * lanes))) }
    }

    /// Adds the bands' padded pictures up, borders reflected back.
    private func foldPieces(
        _ shape: BilateralShape, _ pieces: FloatPointer, _ pieceSize: Int, band: Int,
        columns: [Int], into target: FloatPointer
    ) {
        let bands = (shape.height + band - 1) / band
        parallelTasks(
            shape.batch * shape.channels, cost: shape.batch * shape.channels * shape.plane
        ) { index in
            let (sample, channel) = (index / shape.channels, index % shape.channels)
            let out = target + index * shape.plane
            out.update(repeating: 0, count: shape.plane)
            for part in 0..<bands {
                let picture =
                    pieces + (sample * bands + part) * pieceSize + channel
                    * shape.products.rowLength
                let first = part * band
                let rows = min(band, shape.height - first)
                for y in 0..<rows + 2 * shape.radius {
                    let row = reflected(first + y - shape.radius, shape.height)
                    foldRow(
                        picture + y * shape.rowStep, columns, shape.radius, shape.width,
                        into: out + row * shape.width)
                }
            }
        }
    }
}
