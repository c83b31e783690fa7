import HireArray

/// The sizes and strides of one attention call.
private struct AttentionPlan {
    let heads, keyHeads, queries, keys, width, valueWidth: Int
    let batch: Int

    init(_ q: NDArray, _ k: NDArray, _ v: NDArray) {
        batch = q.shape[0]
        heads = q.shape[1]
        queries = q.shape[2]
        width = q.shape[3]
        keyHeads = k.shape[1]
        keys = k.shape[2]
        valueWidth = v.shape[3]
    }

    var group: Int { heads / keyHeads }
}

/// One head's rows: a base address and the step between rows.
private struct HeadRows {
    let base: FloatPointer
    let step: Int

    init(_ x: NDArray, _ sample: Int, _ head: Int) {
        base = x.floatPointer + sample * x.strides[0] + head * x.strides[1]
        step = x.shape[2] == 1 ? max(x.shape[3], 1) : x.strides[2]
    }

    func matrix(from row: Int = 0, transposed: Bool = false) -> BLASMatrix {
        BLASMatrix(base + row * step, leading: step, transposed: transposed)
    }
}

extension CPUBackend {
    /// Attention of q [b, h, tq, d] over k, v [b, hk, tk, d]; head i reads key head i / (h/hk).
    public func attention(
        _ q: NDArray, _ k: NDArray, _ v: NDArray, mask: NDArray?, _ kernel: AttentionKernel,
        into out: NDArray, probabilities: NDArray?
    ) {
        if out.count == 0 { return }
        let plan = AttentionPlan(q, k, v)
        let (query, key, value) = (rowsReady(q), rowsReady(k), rowsReady(v))
        let bias = mask?.expanded(to: [plan.batch, plan.heads, plan.queries, plan.keys])
        let saved = probabilities?.floatPointer
        let target = out.floatPointer
        // Blocks of queries bound the memory for scores that nobody keeps.
        let block = min(plan.queries, max(16, 65_536 / max(plan.keys, 1)))
        let blocks = (plan.queries + block - 1) / block
        let tasks = plan.batch * plan.heads * blocks
        let cost =
            plan.batch * plan.heads * plan.queries * plan.keys * (plan.width + plan.valueWidth + 16)
        parallelTasks(tasks, cost: cost, threshold: 50_000) { task in
            let head = task / blocks % plan.heads
            let sample = task / blocks / plan.heads
            let first = task % blocks * block
            let rows = min(block, plan.queries - first)
            let scores: FloatPointer
            let own = saved == nil
            if let saved {
                scores = saved + ((sample * plan.heads + head) * plan.queries + first) * plan.keys
            } else {
                scores = scratch(rows * plan.keys)
            }
            defer { if own { scores.deallocate() } }
            let queryRows = HeadRows(query, sample, head)
            let keyRows = HeadRows(key, sample, head / plan.group)
            let valueRows = HeadRows(value, sample, head / plan.group)
            // Keys behind the last query of the block are seen by nobody in it.
            let seen =
                kernel.isCausal
                ? min(plan.keys, max(0, first + rows + kernel.queryOffset)) : plan.keys
            headProduct(
                queryRows.matrix(from: first), keyRows.matrix(transposed: true), rows: rows,
                columns: seen, inner: plan.width, alpha: Float(kernel.scale), into: scores,
                leading: plan.keys)
            for row in 0..<rows {
                let line = scores + row * plan.keys
                if let bias {
                    let place =
                        bias.floatPointer + sample * bias.strides[0] + head * bias.strides[1]
                        + (first + row) * bias.strides[2]
                    let step = bias.strides[3]
                    forEachVector(seen) { column, count in
                        storePartial(
                            loadPartial(line + column, count)
                                + loadStrided(place + column * step, step, count),
                            line + column, count)
                    }
                }
                let visible =
                    kernel.isCausal
                    ? min(plan.keys, max(0, first + row + kernel.queryOffset + 1)) : plan.keys
                if visible > 0 { softmaxRow(line, visible, maskedIsZero: true) }
                let end = own ? seen : plan.keys
                if visible < end { (line + visible).update(repeating: 0, count: end - visible) }
            }
            let place =
                target + ((sample * plan.heads + head) * plan.queries + first) * plan.valueWidth
            headProduct(
                BLASMatrix(scores, leading: plan.keys), valueRows.matrix(), rows: rows,
                columns: plan.valueWidth, inner: seen, into: place, leading: plan.valueWidth)
        }
        withExtendedLifetime((query, key, value)) {}
    }

    /// Gradients of `attention` given its probabilities.
    public func attentionGradient(
        _ q: NDArray, _ k: NDArray, _ v: NDArray, probabilities: NDArray,
        _ kernel: AttentionKernel, _ gradient: NDArray, queries: NDArray, keys: NDArray,
        values: NDArray
    ) {
        let plan = AttentionPlan(q, k, v)
        if plan.keys == 0 || plan.queries == 0 || plan.batch == 0 {
            for output in [queries, keys, values] { fill(output, 0) }
            return
        }
        let (query, key, value, slope) = (
            rowsReady(q), rowsReady(k), rowsReady(v), rowsReady(gradient)
        )
        let weights = dense(probabilities)
        let saved = weights.floatPointer
        let (queryOut, keyOut, valueOut) = (
            queries.floatPointer, keys.floatPointer, values.floatPointer
        )
        let block = min(plan.queries, max(16, 65_536 / plan.keys))
        let cost = plan.batch * plan.heads * plan.queries * plan.keys * plan.width * 4
        // One task per key head: its queries' heads add to the same keys and values.
        parallelTasks(plan.batch * plan.keyHeads, cost: cost, threshold: 50_000) { task in
            let sample = task / plan.keyHeads
            let keyHead = task % plan.keyHeads
            let scores = scratch(block * plan.keys)
            defer { scores.deallocate() }
            let keyRows = HeadRows(key, sample, keyHead)
            let valueRows = HeadRows(value, sample, keyHead)
            let keyPlace = keyOut + task * plan.keys * plan.width
            let valuePlace = valueOut + task * plan.keys * plan.valueWidth
            var beta: Float = 0
            for member in 0..<plan.group {
                let head = keyHead * plan.group + member
                let queryRows = HeadRows(query, sample, head)
                let slopeRows = HeadRows(slope, sample, head)
                var first = 0
                while first < plan.queries {
                    let rows = min(block, plan.queries - first)
                    let start = (sample * plan.heads + head) * plan.queries + first
                    let p = saved + start * plan.keys
                    headProduct(
                        BLASMatrix(p, leading: plan.keys, transposed: true),
                        slopeRows.matrix(from: first), rows: plan.keys, columns: plan.valueWidth,
                        inner: rows, beta: beta, into: valuePlace, leading: plan.valueWidth)
                    headProduct(
                        slopeRows.matrix(from: first), valueRows.matrix(transposed: true),
                        rows: rows,
                        columns: plan.keys, inner: plan.valueWidth, into: scores, leading: plan.keys
                    )
                    for row in 0..<rows {
                        scoreGradient(
                            p + row * plan.keys, scores + row * plan.keys, plan.keys,
                            Float(kernel.scale))
                    }
                    headProduct(
                        BLASMatrix(scores, leading: plan.keys), keyRows.matrix(), rows: rows,
                        columns: plan.width, inner: plan.keys, into: queryOut + start * plan.width,
                        leading: plan.width)
                    headProduct(
                        BLASMatrix(scores, leading: plan.keys, transposed: true),
                        queryRows.matrix(from: first), rows: plan.keys, columns: plan.width,
                        inner: rows, beta: beta, into: keyPlace, leading: plan.width)
                    beta = 1
                    first += rows
                }
            }
        }
        withExtendedLifetime((query, key, value, slope, weights)) {}
    }

    /// c = alpha a b + beta c for one head, beta being 0 or 1.
    private func headProduct(
        _ a: BLASMatrix, _ b: BLASMatrix, rows: Int, columns: Int, inner: Int, alpha: Float = 1,
        beta: Float = 0, into c: FloatPointer, leading: Int
    ) {
        if isInvariant {
            orderedProduct(
                a, b, rows: rows, columns: columns, inner: inner, alpha: alpha, adds: beta != 0,
                into: c, leading: leading)
        } else if beta == 0 {
            multiplyThin(
                a, b, rows: rows, columns: columns, inner: inner, alpha: alpha, into: c,
                leading: leading)
        } else {
            multiply(
                a, b, rows: rows, columns: columns, inner: inner, alpha: alpha, beta: beta,
                into: c, leading: leading)
        }
    }

    /// The array itself if every row along the last axis is dense, else a contiguous copy.
    private func rowsReady(_ x: NDArray) -> NDArray {
        let rowsFit = x.shape[2] == 1 || x.strides[2] >= x.shape[3]
        return (x.strides[3] == 1 || x.shape[3] == 1) && rowsFit ? x : dense(x)
    }
}

/// Turns the gradient of one row of probabilities into that of its scores, in place.
@inline(__always)
private func scoreGradient(_ p: FloatPointer, _ row: FloatPointer, _ count: Int, _ scale: Float) {
    let total = rowDot(p, row, count)
    forEachVector(count) { column, length in
        storePartial(
            (loadPartial(row + column, length) - total) * loadPartial(p + column, length) * scale,
            row + column, length)
    }
}

extension CPUBackend {
    /// `multiply`, with one row done by hand: BLAS would first copy the whole right matrix.
    @inline(__always)
    private func multiplyThin(
        _ a: BLASMatrix, _ b: BLASMatrix, rows: Int, columns: Int, inner: Int, alpha: Float = 1,
        into c: FloatPointer, leading: Int
    ) {
        if rows > 1 || inner == 0 {
            return multiply(
                a, b, rows: rows, columns: columns, inner: inner, alpha: alpha, into: c,
                leading: leading)
        }
        work?.add(columns * inner)
        if b.transposed {
            for column in 0..<columns {
                c[column] = alpha * rowDot(a.pointer, b.pointer + column * b.leading, inner)
            }
            return
        }
        c.update(repeating: 0, count: columns)
        for row in 0..<inner {
            let factor = splat(alpha * a.pointer[row])
            let line = b.pointer + row * b.leading
            forEachVector(columns) { column, count in
                storePartial(
                    loadPartial(c + column, count).addingProduct(
                        loadPartial(line + column, count), factor), c + column, count)
            }
        }
    }
}
