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

    /// Elements of a padded plane for a band of rows.
    func planeSize(rows: Int) -> Int { (rows + 2 * radius) * products.rowLength }

    /// Reflect-padded planes around rows `first` ..< `first + rows`.
    func pad(
        _ source: FloatPointer, first: Int, rows: Int, columns: [Int], into planes: FloatPointer
    ) {
        for channel in 0..<channels {
            for y in 0..<rows + 2 * radius {
                let row = reflected(first + y - radius, height)
                padRow(
                    source + channel * plane + row * width, columns, radius, width,
                    into: planes + channel * planeSize(rows: rows) + y * products.rowLength)
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
            let planeSize = shape.planeSize(rows: rows)
            let planes = zeroedScratch(shape.channels * planeSize)
            let centers = zeroedScratch(shape.channels * products.rowLength)
            let logits = scratch(taps * products.rowLength)
            defer {
                planes.deallocate()
                centers.deallocate()
                logits.deallocate()
            }
            let start = source + sample * shape.channels * shape.plane
            shape.pad(start, first: first, rows: rows, columns: columns, into: planes)
            for y in 0..<rows {
                let pixel = (first + y) * shape.width
                for channel in 0..<shape.channels {
                    products.fillRow(
                        start + channel * shape.plane + pixel,
                        into: centers + channel * products.rowLength + products.margin)
                }
                products.dots(
                    center: centers + products.margin, planes: planes + y * products.rowLength,
                    planeSize: planeSize, channels: shape.channels, into: logits)
                let place = sample * taps * shape.plane + pixel
                normaliseWindows(
                    logits, products, heat, spatials, plane: shape.plane, range: ranges + place,
                    out: target + place)
            }
        }
        withExtendedLifetime((input, factors)) {}
    }

    /// Softmax over the taps, times the spatial weights, normalised: eight pixels at a time.
    private func normaliseWindows(
        _ logits: FloatPointer, _ products: WindowProducts, _ heat: Float, _ spatials: FloatPointer,
        plane: Int, range: FloatPointer, out: FloatPointer
    ) {
        let taps = products.taps
        let step = products.rowLength
        forEachVector(products.width) { x, count in
            var top = load(logits + x) * heat
            for tap in 1..<taps { top = larger(load(logits + tap &* step &+ x) * heat, top) }
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
                storePartial(value, range + tap &* plane &+ x, count)
                let product = value * spatials[tap]
                store(product, place)
                sum += product
            }
            let floor = sum.replacing(with: 1e-7, where: sum .< 1e-7)
            for tap in 0..<taps {
                storePartial(
                    load(logits + tap &* step &+ x) / floor, out + tap &* plane &+ x, count)
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
        // Each band adds to its own padded planes and its own sums of spatial weights' and heat's gradients.
        let planeSize = shape.planeSize(rows: band)
        let pieceSize = channels * planeSize
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
            let size = shape.planeSize(rows: rows)
            let planes = zeroedScratch(channels * size)
            let centers = zeroedScratch(channels * products.rowLength)
            let weights = zeroedScratch(taps * products.rowLength)
            defer {
                planes.deallocate()
                centers.deallocate()
                weights.deallocate()
            }
            let piece = pieces + task * pieceSize
            let start = source + sample * channels * shape.plane
            shape.pad(start, first: first, rows: rows, columns: columns, into: planes)
            let sums = totals + task * (taps + 1)
            for y in 0..<rows {
                var heatSum = Vector.zero
                let pixel = (first + y) * width
                for channel in 0..<channels {
                    products.fillRow(
                        start + channel * shape.plane + pixel,
                        into: centers + channel * products.rowLength + products.margin)
                }
                let place = sample * taps * shape.plane + pixel
                logitGradients(
                    ranges + place, gs + place, spatials, heat, products, plane: shape.plane,
                    spatialSums: sums, into: weights + products.margin)
                products.gather(
                    weights: weights + products.margin, planes: planes + y * products.rowLength,
                    planeSize: size, channels: channels
                ) { channel, x, sums in
                    let target =
                        piece + channel &* planeSize &+ (y &+ radius) &* products.rowLength
                        &+ radius &+ x
                    store(load(target) + sums, target)
                    heatSum = heatSum.addingProduct(
                        sums, load(centers + channel &* products.rowLength &+ products.margin &+ x))
                }
                products.scatter(
                    weights: weights + products.margin, center: centers + products.margin,
                    planes: piece + y * products.rowLength, planeSize: planeSize, channels: channels
                )
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

    /// weights[tap][x] = temperature * d loss / d logit; adds to the sums of the spatial weights' gradients.
    private func logitGradients(
        _ range: FloatPointer, _ slopes: FloatPointer, _ spatials: FloatPointer, _ heat: Float,
        _ products: WindowProducts, plane: Int, spatialSums: UnsafeMutablePointer<Double>,
        into weights: FloatPointer
    ) {
        let taps = products.taps
        let step = products.rowLength
        forEachVector(products.width) { x, count in
            var sum = Vector.zero
            var inner = Vector.zero
            for tap in 0..<taps {
                let n = loadPartial(range + tap &* plane &+ x, count) * spatials[tap]
                sum += n
                inner = inner.addingProduct(n, loadPartial(slopes + tap &* plane &+ x, count))
            }
            let scale = 1 / sum.replacing(with: 1e-7, where: sum .< 1e-7)
            let shift = (inner * scale * scale).replacing(with: 0, where: sum .< 1e-7)
            var total = Vector.zero
            for tap in 0..<taps {
                let r = loadPartial(range + tap &* plane &+ x, count)
                let d = loadPartial(slopes + tap &* plane &+ x, count) * scale - shift
                spatialSums[tap] += Double(laneSum(d * r))
                let slope = d * spatials[tap]
                store(slope, weights + tap &* step &+ x)
                total = total.addingProduct(slope, r)
            }
            for tap in 0..<taps {
                let r = loadPartial(range + tap &* plane &+ x, count)
                let place = weights + tap &* step &+ x
                store((load(place) - total) * r * heat, place)
            }
        }
    }

    /// Adds the bands' padded planes up, borders reflected back.
    private func foldPieces(
        _ shape: BilateralShape, _ pieces: FloatPointer, _ pieceSize: Int, band: Int,
        columns: [Int], into target: FloatPointer
    ) {
        let bands = (shape.height + band - 1) / band
        let planeSize = shape.planeSize(rows: band)
        parallelTasks(
            shape.batch * shape.channels, cost: shape.batch * shape.channels * shape.plane
        ) { index in
            let (sample, channel) = (index / shape.channels, index % shape.channels)
            let out = target + index * shape.plane
            out.update(repeating: 0, count: shape.plane)
            for part in 0..<bands {
                let planes = pieces + (sample * bands + part) * pieceSize + channel * planeSize
                let first = part * band
                let rows = min(band, shape.height - first)
                for y in 0..<rows + 2 * shape.radius {
                    let row = reflected(first + y - shape.radius, shape.height)
                    foldRow(
                        planes + y * shape.products.rowLength, columns, shape.radius, shape.width,
                        into: out + row * shape.width)
                }
            }
        }
    }
}
