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
        let width = wide.foldedCount
        let across = columnResizes[stage]
        for x in 0..<width {
            let position = wide.foldedStart + x
            let first = across.starts[position] - wide.coarseStart
            let weights = across.weights[position]
            for y in 0..<tall.coarseCount {
                let from = values + y * step + first
                var sum: Float = 0
                for tap in weights.indices { sum.addProduct(from[tap], Float(weights[tap])) }
                memory.half[y * width + x] = sum
            }
        }
        let down = rowResizes[stage]
        memory.folded.update(repeating: 0, count: tall.foldedCount * width)
        for y in 0..<tall.foldedCount {
            let position = tall.foldedStart + y
            let first = down.starts[position] - tall.coarseStart
            for (tap, weight) in down.weights[position].enumerated() {
                addScaled(
                    memory.half + (first + tap) * width, Float(weight), memory.folded + y * width,
                    width)
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
            for x in 0..<wide.count + 2 * radius {
                to[x] = from[reflected(wide.start + x - radius, gridWidth) - wide.foldedStart]
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
            var x = 0
            while x < wide.wideCount {
                let count = max(0, min(lanes, width - wide.wideStart - x))
                var place = kernel + (tall.start + y) * width + wide.wideStart + x
                var sum = Vector.zero
                for i in 0..<side {
                    let row = padded + (y &+ i) &* length &+ x
                    for j in 0..<side {
                        sum = sum.addingProduct(loadPartial(place, count), load(row + j))
                        place += plane(stage)
                    }
                }
                store(sum, out + y * wide.wideCount + x)
                x += lanes
            }
        }
    }
}

extension CPUBackend {
    /// Gradients of `pooledOperator` with respect to every stage's kernel.
    public func pooledOperatorGradient(
        _ kernels: [NDArray], _ geometry: PooledOperatorGeometry, _ gradient: NDArray,
        into kernelGradients: [NDArray]
    ) {
        let plan = PooledPlan(geometry)
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
        var pieces: [(sample: Int, stage: Int, rows: Range<Int>)] = []
        for sample in samples {
            for stage in 0..<plan.stages {
                let height = plan.geometry.stages[stage].x
                let band = max(4, min(height, 16_384 / plan.geometry.stages[stage].y))
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
            for tap in 0..<side * side {
                (target + tap * plane + rows.lowerBound * width).update(
                    repeating: 0, count: rows.count * width)
            }
            let base = memory + (sample - samples.lowerBound) * maps.size
            for token in 0..<plan.tokens {
                let (tall, wide) = plan.support(token, stage)
                let low = max(tall.start, rows.lowerBound)
                let high = min(tall.start + tall.count, rows.upperBound)
                let length = plan.paddedLength(wide, stage)
                let weights = base + maps.weights[token][stage]
                let padded = base + maps.padded[token][stage]
                let reach = min(wide.wideCount, width - wide.wideStart)
                for y in low..<max(low, high) {
                    let local = y - tall.start
                    forEachVector(reach) { x, count in
                        let weight = load(weights + local &* wide.wideCount &+ x)
                        var place = target + y &* width &+ wide.wideStart &+ x
                        for i in 0..<side {
                            let row = padded + (local &+ i) &* length &+ x
                            for j in 0..<side {
                                storePartial(
                                    loadPartial(place, count).addingProduct(weight, load(row + j)),
                                    place, count)
                                place += plane
                            }
                        }
                    }
                }
            }
        }
    }
}
