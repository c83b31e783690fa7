import HireArray

/// What one call of `bilateralKernelGradient` reads and writes.
private struct BilateralGradientJob {
    let shape: BilateralShape
    let source, ranges, slopes, spatials, target: FloatPointer
    let heat: Float
    /// Where each padded column reads from.
    let columns: [Int]

    /// Strips of rows per sample that are worked on independently; the same for any number of threads.
    var strips: Int { max(1, min(8 / shape.batch, shape.height / (4 * shape.radius + 8))) }

    /// Rows at a time, so that what belongs to them stays in the second-level cache.
    var band: Int {
        let row = (2 * shape.taps + 2 * shape.channels) * shape.products.rowLength
        return max(2, min(32, 160_000 / row))
    }

    /// Elements that a strip adds to rows of its neighbours: `radius` rows above and below, per channel.
    var haloSize: Int { shape.channels * 2 * shape.radius * shape.width }
}

/// One thread's memory and its sums for one strip of rows.
private final class BilateralGradientStrip {
    private let job: BilateralGradientJob
    private let sample: Int
    private let rows: Range<Int>
    private let halo: FloatPointer
    /// Sums per tap of the spatial weights' gradients; behind them that of the heat.
    private let totals: UnsafeMutablePointer<Double>
    private let picture, piece, centers, range, weights, sums: FloatPointer

    init(
        _ job: BilateralGradientJob, sample: Int, rows: Range<Int>, halo: FloatPointer,
        totals: UnsafeMutablePointer<Double>
    ) {
        self.job = job
        self.sample = sample
        self.rows = rows
        self.halo = halo
        self.totals = totals
        let (shape, products, band) = (job.shape, job.shape.products, job.band)
        picture = zeroedScratch(shape.pictureSize(rows: band))
        piece = scratch(shape.pictureSize(rows: band))
        centers = zeroedScratch(shape.channels * products.rowLength)
        range = zeroedScratch(band * shape.taps * products.rowLength)
        weights = zeroedScratch(band * shape.taps * products.rowLength)
        sums = zeroedScratch(shape.taps * lanes)
    }

    deinit {
        for pointer in [picture, piece, centers, range, weights, sums] { pointer.deallocate() }
    }

    func run() {
        let shape = job.shape
        for channel in 0..<shape.channels {
            (job.target + (sample * shape.channels + channel) * shape.plane
                + rows.lowerBound * shape.width).update(
                    repeating: 0, count: rows.count * shape.width)
        }
        var first = rows.lowerBound
        while first < rows.upperBound {
            let count = min(job.band, rows.upperBound - first)
            runBand(first: first, rows: count)
            fold(first: first, rows: count)
            first += count
        }
    }

    private func runBand(first: Int, rows: Int) {
        let (shape, products) = (job.shape, job.shape.products)
        let (taps, channels, width) = (shape.taps, shape.channels, shape.width)
        let start = job.source + sample * channels * shape.plane
        shape.pad(start, first: first, rows: rows, columns: job.columns, into: picture)
        piece.update(repeating: 0, count: shape.pictureSize(rows: rows))
        // A tap's rows lie together, the taps far apart.
        for tap in 0..<taps {
            let place = (sample * taps + tap) * shape.plane + first * width
            for y in 0..<rows {
                let row = (y * taps + tap) * products.rowLength
                copyRow(job.ranges + place + y * width, range + row, width)
                copyRow(job.slopes + place + y * width, weights + row + products.margin, width)
            }
        }
        for y in 0..<rows {
            for channel in 0..<channels {
                products.fillRow(
                    start + channel * shape.plane + (first + y) * width,
                    into: centers + channel * products.rowLength + products.margin)
            }
            let taken = weights + y * taps * products.rowLength + products.margin
            logitGradients(range + y * taps * products.rowLength, into: taken)
            var heatSum = Vector.zero
            let middle = piece + (y + shape.radius) * shape.rowStep + shape.radius
            products.gather(
                weights: taken, picture: picture + y * shape.rowStep, channels: channels
            ) { channel, x, centerSums in
                let target = middle + channel &* products.rowLength &+ x
                store(load(target) + centerSums, target)
                heatSum = heatSum.addingProduct(
                    centerSums,
                    load(centers + channel &* products.rowLength &+ products.margin &+ x))
            }
            products.scatter(
                weights: taken, center: centers + products.margin,
                picture: piece + y * shape.rowStep, channels: channels)
            totals[taps] += Double(laneSum(heatSum))
        }
    }

    /// weights[tap][x], given d loss / d kernel, becomes temperature * d loss / d logit.
    ///
    /// Adds to the sums of the spatial weights' gradients.
    private func logitGradients(_ range: FloatPointer, into weights: FloatPointer) {
        let products = job.shape.products
        let (taps, step, heat, spatials) = (
            products.taps, products.rowLength, job.heat, job.spatials
        )
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
        for tap in 0..<taps { totals[tap] += Double(laneSum(load(sums + tap * lanes))) }
    }

    /// Adds a band's padded picture to the strip, borders reflected back; rows of the neighbours go to the halo.
    private func fold(first: Int, rows band: Int) {
        let (shape, radius) = (job.shape, job.shape.radius)
        for y in 0..<band + 2 * radius {
            let row = reflected(first + y - radius, shape.height)
            let inside = rows.contains(row)
            let place =
                row < rows.lowerBound
                ? row - rows.lowerBound + radius : row - rows.upperBound + radius
            for channel in 0..<shape.channels {
                let target =
                    inside
                    ? job.target + (sample * shape.channels + channel) * shape.plane
                        + row * shape.width
                    : halo + (channel * 2 * radius + place) * shape.width
                foldRow(
                    piece + y * shape.rowStep + channel * shape.products.rowLength, job.columns,
                    radius, shape.width, into: target)
            }
        }
    }
}

extension CPUBackend {
    /// Gradients of `bilateralKernel` given what it saved.
    public func bilateralKernelGradient(
        _ projected: NDArray, temperature: NDArray, spatial: NDArray, radius: Int, range: NDArray,
        _ gradient: NDArray, into out: NDArray, temperatureGradient: NDArray,
        spatialGradient: NDArray
    ) {
        if out.count == 0 { return }
        let shape = BilateralShape(projected, radius: radius, work: work)
        let held = [projected, range, gradient, spatial].map(dense)
        let job = BilateralGradientJob(
            shape: shape, source: held[0].floatPointer, ranges: held[1].floatPointer,
            slopes: held[2].floatPointer, spatials: held[3].floatPointer, target: out.floatPointer,
            heat: temperature.floatPointer[0],
            columns: paddedPositions(shape.width, before: radius, after: radius, .reflect))
        let height = (shape.height + job.strips - 1) / job.strips
        let strips = (shape.height + height - 1) / height
        let halos = zeroedScratch(shape.batch * strips * job.haloSize)
        let sums = shape.taps + 1
        let totals = UnsafeMutablePointer<Double>.allocate(capacity: shape.batch * strips * sums)
        totals.update(repeating: 0, count: shape.batch * strips * sums)
        defer {
            halos.deallocate()
            totals.deallocate()
        }
        let rows = { (strip: Int) in strip * height..<min((strip + 1) * height, shape.height) }
        parallelTasks(shape.batch * strips, cost: shape.cost * 3) { task in
            BilateralGradientStrip(
                job, sample: task / strips, rows: rows(task % strips),
                halo: halos + task * job.haloSize, totals: totals + task * sums
            ).run()
        }
        for task in 0..<shape.batch * strips {
            addHalo(job, halos + task * job.haloSize, sample: task / strips, rows(task % strips))
            if task > 0 { for sum in 0..<sums { totals[sum] += totals[task * sums + sum] } }
        }
        for tap in 0..<shape.taps { spatialGradient.floatPointer[tap] = Float(totals[tap]) }
        // Every weight carries the temperature once: sum of d logit * logit / temperature.
        temperatureGradient.floatPointer[0] =
            job.heat == 0 ? 0 : Float(totals[shape.taps] / Double(job.heat))
        withExtendedLifetime(held) {}
    }

    /// Adds what a strip left for the rows above and below it.
    private func addHalo(
        _ job: BilateralGradientJob, _ halo: FloatPointer, sample: Int, _ rows: Range<Int>
    ) {
        let (shape, radius) = (job.shape, job.shape.radius)
        for place in 0..<2 * radius {
            let row =
                place < radius ? rows.lowerBound - radius + place : rows.upperBound + place - radius
            if row < 0 || row >= shape.height { continue }
            for channel in 0..<shape.channels {
                addScaled(
                    halo + (channel * 2 * radius + place) * shape.width, 1,
                    job.target + (sample * shape.channels + channel) * shape.plane
                        + row * shape.width, shape.width)
            }
        }
    }
}
