import HireArray

/// Where one token's maps lie in the memory of one sample, per stage.
private struct PooledMaps {
    /// Per token and stage: offsets of the weights behind the kernel and of the padded values before it.
    let weights, padded: [[Int]]
    /// Elements for all tokens of one sample.
    let size: Int

    init(_ plan: PooledPlan) {
        var place = 0
        var first: [[Int]] = []
        var second: [[Int]] = []
        for token in 0..<plan.tokens {
            var weights: [Int] = []
            var padded: [Int] = []
            for stage in 0..<plan.stages {
                let (tall, wide) = plan.support(token, stage)
                weights.append(place)
                place += tall.count * wide.wideCount + lanes
                padded.append(place)
                place +=
                    (tall.count + 2 * plan.geometry.radii[stage]) * plan.paddedLength(wide, stage)
                    + lanes
            }
            first.append(weights)
            second.append(padded)
        }
        weights = first
        padded = second
        size = place
    }
}

extension PooledPlan {
    /// Carries values on the coarse support through resize and reflected border to `padded`.
    func push(
        _ token: Int, _ stage: Int, _ values: FloatPointer, step: Int, _ memory: PooledScratch,
        into padded: FloatPointer
    ) {
        let (tall, wide) = support(token, stage)
        let width = wide.foldedStep
        let across = columnResizes[stage]
        var products = 0
        defer { work?.add(products) }
        for x in 0..<wide.foldedCount {
            let position = wide.foldedStart + x
            let factors = across.weights + across.places[position]
            var from = values + (across.starts[position] - wide.coarseStart)
            var to = memory.half + x
            let taps = across.counts[position]
            products += taps * tall.coarseCount
            for _ in 0..<tall.coarseCount {
                var sum: Float = 0
                for tap in 0..<taps { sum.addProduct(from[tap], factors[tap]) }
                to.pointee = sum
                from += step
                to += width
            }
        }
        let down = rowResizes[stage]
        for y in 0..<tall.foldedCount {
            let position = tall.foldedStart + y
            let taps = down.counts[position]
            products += taps * wide.foldedCount
            let factors = down.weights + down.places[position]
            let from = memory.half + (down.starts[position] - tall.coarseStart) * width
            var x = 0
            while x < width {
                var sum = Vector.zero
                var place = from + x
                for tap in 0..<taps {
                    sum = sum.addingProduct(load(place), splat(factors[tap]))
                    place += width
                }
                store(sum, memory.folded + y &* width &+ x)
                x &+= lanes
            }
        }
        let radius = geometry.radii[stage]
        let length = paddedLength(wide, stage)
        let lead = wide.start - wide.wideStart
        let (height, gridWidth) = (geometry.stages[stage].x, geometry.stages[stage].y)
        padded.update(repeating: 0, count: (tall.count + 2 * radius) * length + lanes)
        for u in 0..<tall.count + 2 * radius {
            let row = reflected(tall.start + u - radius, height) - tall.foldedStart
            let from = memory.folded + row * width
            let to = padded + u * length + lead
            let first = wide.start - radius
            let inside = max(0, -first)..<min(wide.count + 2 * radius, gridWidth - first)
            copyRow(
                from + first + inside.lowerBound - wide.foldedStart, to + inside.lowerBound,
                inside.count)
            for x in 0..<inside.lowerBound { to[x] = from[-(first + x) - wide.foldedStart] }
            for x in inside.upperBound..<wide.count + 2 * radius {
                to[x] = from[2 * (gridWidth - 1) - (first + x) - wide.foldedStart]
            }
        }
    }

    /// out[y, x] = sum over taps of kernel * padded, on the token's support, in rows of `wideCount`.
    func apply(
        _ token: Int, _ stage: Int, kernel: FloatPointer, _ padded: FloatPointer,
        into out: FloatPointer
    ) {
        let (tall, wide) = support(token, stage)
        let side = side(stage)
        let width = geometry.stages[stage].y
        let length = paddedLength(wide, stage)
        for y in 0..<tall.count {
            work?.add(side * side * wide.count)
            var x = 0
            while x < wide.wideCount {
                let count = width - wide.wideStart - x
                let place = kernel + (tall.start + y) * width + wide.wideStart + x
                let sum = windowProduct(
                    place, plane: plane(stage), padded + (y &* length &+ x), length: length,
                    side: side, available: count)
                store(sum, out + y * wide.wideCount + x)
                x += lanes
            }
        }
    }

    /// The sum over taps of kernel * padded for eight pixels, `available` of which lie inside the grid.
    @inline(__always)
    private func windowProduct(
        _ kernel: FloatPointer, plane: Int, _ padded: FloatPointer, length: Int, side: Int,
        available: Int
    ) -> Vector {
        var place = kernel
        var row = padded
        if side == 7 && available >= lanes {
            var (a, b, c, d) = (Vector.zero, Vector.zero, Vector.zero, Vector.zero)
            var (e, f, g) = (Vector.zero, Vector.zero, Vector.zero)
            for _ in 0..<7 {
                a = a.addingProduct(load(place), load(row))
                place += plane
                b = b.addingProduct(load(place), load(row + 1))
                place += plane
                c = c.addingProduct(load(place), load(row + 2))
                place += plane
                d = d.addingProduct(load(place), load(row + 3))
                place += plane
                e = e.addingProduct(load(place), load(row + 4))
                place += plane
                f = f.addingProduct(load(place), load(row + 5))
                place += plane
                g = g.addingProduct(load(place), load(row + 6))
                place += plane
                row += length
            }
            return ((a + b) + (c + d)) + ((e + f) + g)
        }
        let count = max(0, min(lanes, available))
        var sum = Vector.zero
        for _ in 0..<side {
            for j in 0..<side {
                sum = sum.addingProduct(loadPartial(place, count), load(row + j))
                place += plane
            }
            row += length
        }
        return sum
    }
}

extension CPUBackend {
    /// Gradients of `pooledOperator` with respect to every stage's kernel.
    public func pooledOperatorGradient(
        _ kernels: [NDArray], _ geometry: PooledOperatorGeometry, _ gradient: NDArray,
        into kernelGradients: [NDArray]
    ) {
        let plan = PooledPlan(geometry, work: work)
        if plan.stages == 0 || gradient.count == 0 {
            for output in kernelGradients { fill(output, 0) }
            return
        }
        let held = kernels.map(dense)
        let slopes = dense(gradient)
        let (ks, gs) = (held.map(\.floatPointer), slopes.floatPointer)
        let targets = kernelGradients.map(\.floatPointer)
        let maps = PooledMaps(plan)
        let batch = gradient.shape[0]
        // Samples at a time, so that the tokens' maps take at most about 64 MiB.
        let group = max(1, min(batch, (16 << 20) / max(1, maps.size)))
        let memory = scratch(group * maps.size)
        defer { memory.deallocate() }
        var first = 0
        while first < batch {
            let count = min(group, batch - first)
            carryTokens(plan, maps, ks, gs, samples: first..<first + count, memory)
            addTokens(plan, maps, samples: first..<first + count, memory, into: targets)
            first += count
        }
        withExtendedLifetime((held, slopes)) {}
    }

    /// Computes each token's weights behind and values before every stage's kernel.
    private func carryTokens(
        _ plan: PooledPlan, _ maps: PooledMaps, _ ks: [FloatPointer], _ gs: FloatPointer,
        samples: Range<Int>, _ memory: FloatPointer
    ) {
        let tokens = plan.tokens
        let grain = max(1, 150_000 / max(1, plan.cost / tokens))
        let width = plan.geometry.source.y
        parallel(samples.count * tokens, grain: grain) { range in
            let work = PooledScratch(plan)
            for index in range {
                let (local, token) = (index / tokens, index % tokens)
                let sample = samples.lowerBound + local
                let base = memory + local * maps.size
                let kernel = { (stage: Int) in
                    ks[stage] + sample * plan.side(stage) * plan.side(stage) * plan.plane(stage)
                }
                plan.startWeights(token, into: base + maps.weights[token][plan.stages - 1])
                for stage in stride(from: plan.stages - 1, to: 0, by: -1) {
                    let next = plan.support(token, stage - 1).columns
                    plan.pull(
                        token, stage, kernel: kernel(stage), base + maps.weights[token][stage],
                        work,
                        into: base + maps.weights[token][stage - 1], step: next.wideCount,
                        lead: next.start - next.wideStart)
                }
                let (tall, wide) = plan.support(token, 0)
                var values =
                    gs + (sample * tokens + token) * plan.sourceCount + tall.coarseStart * width
                    + wide.coarseStart
                var step = width
                for stage in 0..<plan.stages {
                    let padded = base + maps.padded[token][stage]
                    plan.push(token, stage, values, step: step, work, into: padded)
                    if stage + 1 < plan.stages {
                        plan.apply(token, stage, kernel: kernel(stage), padded, into: work.weights)
                        let columns = plan.support(token, stage).columns
                        values = work.weights + (columns.start - columns.wideStart)
                        step = columns.wideCount
                    }
                }
            }
        }
    }

    /// d kernel[tap, y, x] = sum over tokens, in order, of weights * shifted values.
    private func addTokens(
        _ plan: PooledPlan, _ maps: PooledMaps, samples: Range<Int>, _ memory: FloatPointer,
        into targets: [FloatPointer]
    ) {
        // Bands of a plane that stay in the first-level cache while all tokens add to them.
        var pieces: [(sample: Int, stage: Int, rows: Range<Int>)] = []
        for sample in samples {
            for stage in 0..<plan.stages {
                let height = plan.geometry.stages[stage].x
                let band = max(4, min(height, 6144 / plan.geometry.stages[stage].y))
                for first in stride(from: 0, to: height, by: band) {
                    pieces.append((sample, stage, first..<min(first + band, height)))
                }
            }
        }
        parallelTasks(pieces.count, cost: plan.cost * samples.count) { task in
            let (sample, stage, rows) = pieces[task]
            let (width, plane) = (plan.geometry.stages[stage].y, plan.plane(stage))
            let side = plan.side(stage)
            let target = targets[stage] + sample * side * side * plane
            let base = memory + (sample - samples.lowerBound) * maps.size
            let runs = plan.runs(stage, rows: rows, maps.weights, maps.padded)
            for tap in 0..<side * side {
                let place = target + tap * plane
                (place + rows.lowerBound * width).update(repeating: 0, count: rows.count * width)
                let (i, j) = (tap / side, tap % side)
                for run in runs {
                    work?.add(run.rows * run.columns)
                    var weights = base + run.weights
                    var padded = base + run.padded + (i &* run.length &+ j)
                    var row = place + run.target
                    for _ in 0..<run.rows {
                        forEachVector(run.reach) { x, count in
                            storePartial(
                                loadPartial(row + x, count).addingProduct(
                                    load(weights + x), load(padded + x)), row + x, count)
                        }
                        weights += run.step
                        padded += run.length
                        row += width
                    }
                }
            }
        }
    }
}

/// The part of one token's maps that lies in a band of rows.
private struct TokenRun {
    /// Offsets of the first row in the token's weights, in its padded values, and in the plane.
    let weights, padded, target: Int
    /// Rows, elements of a row that lie inside the grid, and elements between rows of both maps.
    let rows, reach, step, length: Int
    /// Columns of the token's support: the rest of `reach` fills vectors.
    let columns: Int
}

extension PooledPlan {
    /// What each token, in order, adds to a band of rows of a stage.
    fileprivate func runs(
        _ stage: Int, rows band: Range<Int>, _ weights: [[Int]], _ padded: [[Int]]
    ) -> [TokenRun] {
        (0..<tokens).compactMap { token in
            let (tall, wide) = support(token, stage)
            let low = max(tall.start, band.lowerBound)
            let high = min(tall.start + tall.count, band.upperBound)
            if low >= high { return nil }
            let (step, length) = (wide.wideCount, paddedLength(wide, stage))
            let local = low - tall.start
            let width = geometry.stages[stage].y
            return TokenRun(
                weights: weights[token][stage] + local * step,
                padded: padded[token][stage] + local * length,
                target: low * width + wide.wideStart, rows: high - low,
                reach: min(step, width - wide.wideStart), step: step, length: length,
                columns: wide.count)
        }
    }
}
