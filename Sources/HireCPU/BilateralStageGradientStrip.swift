import CVectorShims
import HireArray

/// One strip of rows of one sample in the backward pass of a joint bilateral stage.
///
/// A pixel's kernel depends on the projection of the rows around it, so the strip also goes through the rows within the radius
/// of it, for what these give back to its own rows and nothing else: no two strips write to one place.
final class BilateralStageGradientStrip {
    private let job: BilateralStageGradientJob
    private let plan: BilateralStagePlan
    private let sample: Int
    private let strip: Range<Int>
    private let rows: BilateralStageRows
    private let memory: NDArray
    /// Gradients of projected rows, padded, in a ring like the projected rows'.
    private let ring: FloatPointer
    private let pictures: UnsafeMutablePointer<FloatPointer>
    private let both, logits, range, hidden, active, slope, inner, weights: FloatPointer
    private let guidanceSlope, centers, projectedSlope, keySlope: FloatPointer
    private let sums: BilateralStageSums
    private let ignored: FloatPointer
    private var cleared: Int

    /// Floats that it needs.
    static func size(_ job: BilateralStageGradientJob) -> Int {
        let plan = job.plan
        let channels =
            plan.side * plan.key + 2 * plan.guidance + 8 * plan.taps + 3 * plan.key
        return BilateralStageRows.size(plan) + channels * plan.step + 4 * plan.margin
            + 16 * (plan.taps + 1)
    }

    init(
        _ job: BilateralStageGradientJob, sample: Int, strip: Range<Int>, memory: NDArray,
        sums: FloatPointer
    ) {
        let plan = job.plan
        (self.job, self.plan, self.sample, self.strip) = (job, plan, sample, strip)
        self.memory = memory
        memory.floatPointer.update(repeating: 0, count: Self.size(job))
        rows = BilateralStageRows(
            plan, sample: sample,
            source: job.source + sample * plan.guidance * plan.plane,
            from: max(0, strip.lowerBound - plan.radius), memory: memory)
        var next = memory.floatPointer + BilateralStageRows.size(plan)
        func take(_ channels: Int, margin: Int = 0) -> FloatPointer {
            defer { next += channels * plan.step + margin }
            return next + margin
        }
        ring = take(plan.side * plan.key)
        both = take(plan.taps + plan.guidance)
        logits = take(plan.taps)
        range = take(plan.taps)
        hidden = take(plan.taps)
        active = take(plan.taps)
        slope = take(plan.taps)
        inner = take(plan.taps)
        weights = take(plan.taps, margin: plan.margin)
        centers = take(plan.key, margin: plan.margin)
        guidanceSlope = take(plan.guidance)
        projectedSlope = take(plan.key)
        keySlope = take(plan.key)
        ignored = next
        self.sums = BilateralStageSums(plan, sums)
        pictures = .allocate(capacity: plan.side)
        pictures.initialize(repeating: ring, count: plan.side)
        cleared = max(0, strip.lowerBound - 2 * plan.radius)
    }

    deinit { pictures.deallocate() }

    func run() {
        let first = max(0, strip.lowerBound - plan.radius)
        let last = min(plan.height - 1, strip.upperBound - 1 + plan.radius)
        for row in first...last {
            let own = strip.contains(row)
            rows.advance(to: row)
            advanceRing(to: row)
            correction(row, own: own)
            window(row, own: own)
            if strip.contains(row - plan.radius) { finish(row - plan.radius) }
        }
        // At the picture's end there are no rows behind that would complete the last ones.
        for row in max(strip.lowerBound, last - plan.radius + 1)..<strip.upperBound {
            finish(row)
        }
    }

    private func projectedSlopes(_ row: Int) -> FloatPointer {
        ring + row % plan.side * plan.key * plan.step
    }

    private func advanceRing(to row: Int) {
        while cleared <= min(plan.height - 1, row + plan.radius) {
            projectedSlopes(cleared).update(repeating: 0, count: plan.key * plan.step)
            cleared += 1
        }
        for i in 0..<plan.side {
            pictures[i] = projectedSlopes(reflected(row + i - plan.radius, plan.height))
        }
    }

    /// From the row's gradient back to that of its logits, in `weights`.
    private func correction(_ row: Int, own: Bool) {
        let (taps, step) = (plan.taps, plan.step)
        let place = job.slopes + sample * taps * plan.plane + row * plan.width
        for tap in 0..<taps {
            copyRow(place + tap * plan.plane, slope + tap * step, plan.width)
        }
        rows.readGuidance(row, into: both + taps * step)
        let scales = plan.fixupScales.map { $0 + sample * taps }
        let (length, many) = (Int64(step), Int64(taps))
        plan.forEachBlock { x, count in
            let pixels = Int64(count)
            rows.dots(row, first: x, count: count, into: logits + x)
            // The softmax reads and writes the same rows, and the logits are needed again.
            plan.rows.softmax(
                logits + x, length, many, plan.heat, plan.spatial, pixels, range + x, both + x)
            plan.product(plan.fixup[0], both + x, columns: count, into: hidden + x)
            if own { plan.rows.gelu(hidden + x, length, scales, many, pixels, active + x) }
            plan.product(job.fixupBack[0], slope + x, columns: count, into: inner + x)
            plan.rows.gelu_gradient(hidden + x, length, scales, many, pixels, inner + x)
            plan.product(
                job.fixupBack[1], inner + x, columns: count, add: slope + x, into: weights + x)
            if own, job.target != nil {
                plan.product(
                    job.fixupBack[2], inner + x, columns: count, into: guidanceSlope + x)
            }
            plan.rows.softmax_gradient(
                range + x, logits + x, length, many, plan.heat, plan.spatial, pixels, weights + x,
                own ? sums.spatial : ignored, own ? sums.heat : ignored + 16 * taps)
        }
        guard own else { return }
        if let target = job.target {
            for channel in 0..<plan.guidance {
                copyRow(
                    guidanceSlope + channel * step,
                    target + (sample * plan.guidance + channel) * plan.plane + row * plan.width,
                    plan.width)
            }
        }
        sums.addFixup(slope: slope, active: active, inner: inner, both: both)
    }

    /// From the gradient of the logits to those of the projected rows around.
    private func window(_ row: Int, own: Bool) {
        let step = plan.step
        let behind = step - plan.width - plan.margin
        for tap in 0..<plan.taps {
            (weights + tap * step + plan.width).update(repeating: 0, count: behind)
            (weights + tap * step - plan.margin).update(repeating: 0, count: plan.margin)
        }
        let middle = rows.projected(row) + plan.radius
        for channel in 0..<plan.key {
            copyRow(middle + channel * step, centers + channel * step, plan.width)
        }
        let (length, channels) = (Int64(step), Int64(plan.key))
        let (side, pixels) = (Int64(plan.side), Int64(plan.width))
        plan.countWork(plan.key * plan.side * plan.side, pixels: plan.width)
        plan.rows.scatter(weights, length, centers, pictures, length, channels, side, pixels)
        guard own else { return }
        plan.countWork(plan.key * plan.side * plan.side, pixels: plan.width)
        plan.rows.gather(
            weights, length, rows.pictures, length, channels, side, pixels,
            projectedSlopes(row) + plan.radius)
    }

    /// From a projected row's gradient, complete now, to those of guidance and projection.
    private func finish(_ row: Int) {
        let (key, step) = (plan.key, plan.step)
        let line = projectedSlopes(row)
        for channel in 0..<key {
            let target = projectedSlope + channel * step
            target.update(repeating: 0, count: plan.width)
            foldRow(line + channel * step, plan.columns, plan.radius, plan.width, into: target)
        }
        rows.project(row)
        plan.product(
            job.projectionBack[0], projectedSlope, columns: plan.width, into: keySlope)
        plan.rows.gelu_gradient(
            rows.hidden, Int64(step), plan.projectionScales.map { $0 + sample * key }, Int64(key),
            Int64(plan.width), keySlope)
        sums.addProjection(
            slope: projectedSlope, active: rows.active, inner: keySlope, guidance: rows.guidance)
        guard let target = job.target else { return }
        plan.product(job.projectionBack[1], keySlope, columns: plan.width, into: guidanceSlope)
        for channel in 0..<plan.guidance {
            let place =
                target + (sample * plan.guidance + channel) * plan.plane + row * plan.width
            let added = guidanceSlope + channel * step
            forEachVector(plan.width) { x, count in
                storePartial(
                    loadPartial(place + x, count) + loadPartial(added + x, count), place + x, count)
            }
        }
    }
}

/// One strip's sums of the gradients of weights, biases, temperature and window.
struct BilateralStageSums {
    private let plan: BilateralStagePlan
    private let projection, fixup: FloatPointer
    /// Sixteen lanes.
    let heat: FloatPointer
    /// Sixteen lanes per tap.
    let spatial: FloatPointer

    init(_ plan: BilateralStagePlan, _ memory: FloatPointer) {
        self.plan = plan
        projection = memory
        fixup = projection + plan.key * (plan.guidance + plan.key + 2)
        heat = fixup + plan.taps * (plan.guidance + 2 * plan.taps + 2)
        spatial = heat + 16
        let end = spatial + 16 * plan.taps
        memory.update(repeating: 0, count: end - memory)
    }

    func addFixup(
        slope: FloatPointer, active: FloatPointer, inner: FloatPointer, both: FloatPointer
    ) {
        let (taps, width) = (plan.taps, plan.guidance + plan.taps)
        let second = fixup + taps * (width + 1)
        add(inner, taps, both, width, into: fixup)
        add(slope, taps, active, taps, factor: plan.correction, into: second)
    }

    func addProjection(
        slope: FloatPointer, active: FloatPointer, inner: FloatPointer, guidance: FloatPointer
    ) {
        let key = plan.key
        let second = projection + key * (plan.guidance + 1)
        add(inner, key, guidance, plan.guidance, into: projection)
        add(slope, key, active, key, into: second)
    }

    /// Adds a row's part to the gradients of weights [outputs, inputs] and of the bias behind them.
    private func add(
        _ slope: FloatPointer, _ outputs: Int, _ input: FloatPointer, _ inputs: Int,
        factor: Float = 1, into target: FloatPointer
    ) {
        plan.countWork(outputs * inputs, pixels: plan.width)
        plan.rows.outer(
            slope, Int64(outputs), input, Int64(inputs), Int64(plan.step), Int64(plan.width),
            factor, target)
        let bias = target + outputs * inputs
        for output in 0..<outputs {
            bias[output] += factor * rowSum(slope + output * plan.step, plan.width)
        }
    }
}
