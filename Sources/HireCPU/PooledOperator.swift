import HireArray

/// Maps of one pooled token while it is carried through the stages; one per thread at work.
final class PooledScratch {
    /// The token's weights after the stage's kernel.
    let weights: FloatPointer
    /// Before the kernel, padded; before the kernel, borders folded; half resized.
    let folded, half: FloatPointer
    /// One row of window sums, per horizontal tap.
    let shifted: FloatPointer

    init(_ plan: PooledPlan) {
        let size = plan.mapSize
        weights = zeroedScratch(size)
        folded = zeroedScratch(size)
        half = zeroedScratch(size)
        let widest = plan.columns.flatMap { $0 }.map(\.wideCount).max() ?? 0
        let side = plan.geometry.radii.map { 2 * $0 + 1 }.max() ?? 1
        shifted = zeroedScratch((widest + 2 * side + 3 * lanes) * (side + 1))
    }

    deinit {
        for pointer in [weights, folded, half, shifted] { pointer.deallocate() }
    }
}

extension PooledPlan {
    /// The token's pooling weights on the finest stage, in rows of the support's wide count.
    func startWeights(_ token: Int, into weights: FloatPointer) {
        let (tall, wide) = support(token, stages - 1)
        let down = poolRows.weights[token / geometry.pooled.y]
        let across = poolColumns.weights[token % geometry.pooled.y]
        let lead = wide.start - wide.wideStart
        weights.update(repeating: 0, count: tall.count * wide.wideCount)
        for (y, first) in down.enumerated() {
            let row = weights + y * wide.wideCount + lead
            for (x, second) in across.enumerated() { row[x] = Float(first * second) }
        }
    }

    /// Carries a token's weights from behind a stage's kernel to the grid one stage coarser.
    ///
    /// `weights` has rows of the support's wide count; `out` receives rows of `step` elements that begin
    /// `lead` elements before the coarse support.
    func pull(
        _ token: Int, _ stage: Int, kernel: FloatPointer, _ weights: FloatPointer,
        _ memory: PooledScratch, into out: FloatPointer, step: Int, lead: Int
    ) {
        let (tall, wide) = support(token, stage)
        foldKernel(stage, tall, wide, kernel, weights, memory)
        // The adjoint of the resize: rows, then columns.
        let width = wide.foldedStep
        memory.half.update(repeating: 0, count: tall.coarseCount * width)
        let down = rowResizes[stage]
        var products = 0
        for y in 0..<tall.foldedCount {
            let position = tall.foldedStart + y
            products += down.counts[position] * wide.foldedCount
            let from = memory.folded + y * width
            var to = memory.half + (down.starts[position] - tall.coarseStart) * width
            let factors = down.weights + down.places[position]
            for tap in 0..<down.counts[position] {
                addScaled(from, factors[tap], to, width)
                to += width
            }
        }
        for y in 0..<tall.coarseCount { (out + y * step).update(repeating: 0, count: step) }
        let across = columnResizes[stage]
        for x in 0..<wide.foldedCount {
            let position = wide.foldedStart + x
            products += across.counts[position] * tall.coarseCount
            let first = across.starts[position] - wide.coarseStart + lead
            let factors = across.weights + across.places[position]
            for tap in 0..<across.counts[position] {
                let factor = factors[tap]
                var from = memory.half + x
                var to = out + first + tap
                for _ in 0..<tall.coarseCount {
                    to.pointee.addProduct(from.pointee, factor)
                    from += width
                    to += step
                }
            }
        }
        work?.add(products)
    }

    /// The adjoint of a stage's kernel and of the reflected border: fills `memory.folded`.
    private func foldKernel(
        _ stage: Int, _ tall: Support, _ wide: Support, _ kernel: FloatPointer,
        _ weights: FloatPointer, _ memory: PooledScratch
    ) {
        let radius = geometry.radii[stage]
        let side = side(stage)
        let (height, width) = (geometry.stages[stage].x, geometry.stages[stage].y)
        let plane = height * width
        let length = wide.wideCount
        // Rows of `shifted` hold window sums per horizontal tap with zeros around; the last row their sum.
        let step = length + 2 * side + 2 * lanes
        let margin = side - 1
        let total = memory.shifted + side * step
        memory.shifted.update(repeating: 0, count: side * step)
        memory.folded.update(repeating: 0, count: tall.foldedCount * wide.foldedStep)
        // Column 0 of `total` is grid column wideStart - radius.
        let origin = wide.wideStart - radius
        // Vectors reach beyond the support, where weights are zero but kernels may be anything.
        let inside = wide.start - wide.wideStart..<wide.start - wide.wideStart + wide.count
        let (begin, end) = (wide.start - radius, wide.start + wide.count + radius)
        var products = 0
        defer { work?.add(products) }
        for u in 0..<tall.count + 2 * radius {
            let low = max(0, u - tall.count + 1)
            let high = min(side, u + 1)
            products += (high - low) * side * inside.count
            var x = 0
            while x < length {
                let place = kernel + (tall.start + u) * width + wide.wideStart + x
                windowSums(
                    weights + u * length + x, weightStep: length, place, plane: plane,
                    kernelStep: width, taps: low..<high, side: side,
                    available: width - wide.wideStart - x, into: memory.shifted + margin + x,
                    step: step)
                if x < inside.lowerBound || x + lanes > inside.upperBound {
                    clearSums(
                        memory.shifted + margin + x, rows: side, step: step, keeping: inside, at: x)
                }
                x += lanes
            }
            var v = 0
            while v < length + margin + lanes {
                var sum = Vector.zero
                var place = memory.shifted + margin + v
                for _ in 0..<side {
                    sum += load(place)
                    place += step - 1
                }
                store(sum, total + v)
                v += lanes
            }
            // Borders are folded inside the row, which is then added as a whole.
            for column in begin..<max(begin, 0) {
                total[-column - origin] += total[column - origin]
                total[column - origin] = 0
            }
            for column in min(width, end)..<end {
                total[2 * (width - 1) - column - origin] += total[column - origin]
                total[column - origin] = 0
            }
            let row = reflected(tall.start + u - radius, height) - tall.foldedStart
            addScaled(
                total + (wide.foldedStart - origin), 1, memory.folded + row * wide.foldedStep,
                wide.foldedStep)
        }
    }

    /// Sets the lanes of each row to zero whose positions, from `x` on, lie outside a range.
    @inline(__always)
    private func clearSums(
        _ sums: FloatPointer, rows: Int, step: Int, keeping inside: Range<Int>, at x: Int
    ) {
        let positions = SIMD8<Int32>(0, 1, 2, 3, 4, 5, 6, 7) &+ Int32(x)
        let outside =
            (positions .< Int32(inside.lowerBound)) .| (positions .>= Int32(inside.upperBound))
        for row in 0..<rows {
            let place = sums + row &* step
            store(load(place).replacing(with: 0, where: outside), place)
        }
    }

    /// out[j][0..<8] = sum over i of weights[-i] * kernel[i, j, -i], for the vertical taps given.
    @inline(__always)
    private func windowSums(
        _ weights: FloatPointer, weightStep: Int, _ kernel: FloatPointer, plane: Int,
        kernelStep: Int, taps: Range<Int>, side: Int, available: Int, into out: FloatPointer,
        step: Int
    ) {
        if side == 7 && available >= lanes {
            var (a, b, c, d) = (Vector.zero, Vector.zero, Vector.zero, Vector.zero)
            var (e, f, g) = (Vector.zero, Vector.zero, Vector.zero)
            for i in taps {
                let weight = load(weights - i &* weightStep)
                var place = kernel + (7 &* i &* plane &- i &* kernelStep)
                a = a.addingProduct(weight, load(place))
                place += plane
                b = b.addingProduct(weight, load(place))
                place += plane
                c = c.addingProduct(weight, load(place))
                place += plane
                d = d.addingProduct(weight, load(place))
                place += plane
                e = e.addingProduct(weight, load(place))
                place += plane
                f = f.addingProduct(weight, load(place))
                place += plane
                g = g.addingProduct(weight, load(place))
            }
            store(a, out)
            store(b, out + step)
            store(c, out + 2 &* step)
            store(d, out + 3 &* step)
            store(e, out + 4 &* step)
            store(f, out + 5 &* step)
            store(g, out + 6 &* step)
            return
        }
        for j in 0..<side {
            var sum = Vector.zero
            for i in taps {
                sum = sum.addingProduct(
                    load(weights - i &* weightStep),
                    loadPartial(
                        kernel + ((i &* side &+ j) &* plane &- i &* kernelStep),
                        max(0, min(lanes, available))))
            }
            store(sum, out + j &* step)
        }
    }
}

/// target += factor * source.
@inline(__always)
func addScaled(_ source: FloatPointer, _ factor: Float, _ target: FloatPointer, _ count: Int) {
    let scale = splat(factor)
    forEachVector(count) { x, length in
        storePartial(
            loadPartial(target + x, length).addingProduct(loadPartial(source + x, length), scale),
            target + x, length)
    }
}

extension CPUBackend {
    /// W [b, pooled tokens, source tokens] of a stack of stages, pulled back from each pooled token.
    public func pooledOperator(
        _ kernels: [NDArray], _ geometry: PooledOperatorGeometry, into out: NDArray
    ) {
        if out.count == 0 { return }
        let plan = PooledPlan(geometry, work: work)
        let held = kernels.map(dense)
        let ks = held.map(\.floatPointer)
        let target = out.floatPointer
        let tokens = plan.tokens
        let source = plan.sourceCount
        let batch = out.shape[0]
        let grain = max(1, 300_000 / max(1, plan.cost / tokens))
        parallel(batch * tokens, grain: grain) { range in
            let memory = PooledScratch(plan)
            for index in range {
                let (sample, token) = (index / tokens, index % tokens)
                let row = target + index * source
                row.update(repeating: 0, count: source)
                if plan.stages == 0 {
                    plan.poolDirectly(token, into: row)
                    continue
                }
                plan.startWeights(token, into: memory.weights)
                for stage in stride(from: plan.stages - 1, through: 0, by: -1) {
                    let size = plan.side(stage) * plan.side(stage) * plan.plane(stage)
                    let (tall, wide) = plan.support(token, stage)
                    if stage > 0 {
                        let next = plan.support(token, stage - 1).columns
                        plan.pull(
                            token, stage, kernel: ks[stage] + sample * size, memory.weights, memory,
                            into: memory.weights, step: next.wideCount,
                            lead: next.start - next.wideStart)
                    } else {
                        plan.pull(
                            token, stage, kernel: ks[stage] + sample * size, memory.weights, memory,
                            into: memory.weights, step: wide.coarseCount, lead: 0)
                        for y in 0..<tall.coarseCount {
                            copyRow(
                                memory.weights + y * wide.coarseCount,
                                row + (tall.coarseStart + y) * geometry.source.y + wide.coarseStart,
                                wide.coarseCount)
                        }
                    }
                }
            }
        }
        withExtendedLifetime(held) {}
    }
}

extension PooledPlan {
    /// The operator without stages: average pooling of the source.
    func poolDirectly(_ token: Int, into row: FloatPointer) {
        let (ty, tx) = (token / geometry.pooled.y, token % geometry.pooled.y)
        for (y, first) in poolRows.weights[ty].enumerated() {
            for (x, second) in poolColumns.weights[tx].enumerated() {
                row[(poolRows.starts[ty] + y) * geometry.source.y + poolColumns.starts[tx] + x] =
                    Float(first * second)
            }
        }
    }
}
