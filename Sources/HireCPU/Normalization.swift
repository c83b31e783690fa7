import HireArray

extension CPUBackend {
    /// `F.layer_norm` over the last axis; saves mean and 1/deviation per row (shape of x less the last axis).
    public func layerNorm(
        _ x: NDArray, weight: NDArray?, bias: NDArray?, epsilon: Double, into out: NDArray,
        mean: NDArray, inverseDeviation: NDArray
    ) {
        if out.count == 0 { return }
        let width = out.shape[out.rank - 1]
        let (input, scale, shift) = (dense(x), weight.map(dense), bias.map(dense))
        let (source, target) = (input.floatPointer, out.floatPointer)
        let (ws, bs) = (scale?.floatPointer, shift?.floatPointer)
        let (means, inverses) = (mean.floatPointer, inverseDeviation.floatPointer)
        parallel(out.count / width, grain: max(1, Self.dearGrain / width)) { range in
            for index in range {
                let row = source + index * width
                let place = target + index * width
                let average = rowSum(row, width) / Float(width)
                var squares = Vector.zero
                forEachVector(width) { column, count in
                    let d = loadPartial(row + column, count, fill: average) - average
                    squares = squares.addingProduct(d, d)
                }
                let variance = laneSum(squares) / Float(width)
                let inverse = 1 / (variance + Float(epsilon)).squareRoot()
                means[index] = average
                inverses[index] = inverse
                forEachVector(width) { column, count in
                    var value = (loadPartial(row + column, count) - average) * inverse
                    if let ws { value *= loadPartial(ws + column, count) }
                    if let bs { value += loadPartial(bs + column, count) }
                    storePartial(value, place + column, count)
                }
            }
        }
        withExtendedLifetime((input, scale, shift)) {}
    }

    /// Gradients of `layerNorm`.
    public func layerNormGradient(
        _ x: NDArray, weight: NDArray?, mean: NDArray, inverseDeviation: NDArray,
        _ gradient: NDArray, into out: NDArray?, weightGradient: NDArray?, biasGradient: NDArray?
    ) {
        if x.count == 0 { return }
        let width = x.shape[x.rank - 1]
        let (input, slopes, scale) = (dense(x), dense(gradient), weight.map(dense))
        let (source, gs, ws) = (input.floatPointer, slopes.floatPointer, scale?.floatPointer)
        let (means, inverses) = (mean.floatPointer, inverseDeviation.floatPointer)
        let target = out?.floatPointer
        rowsWithColumnSums(
            rows: x.count / width, width: width, first: weightGradient, second: biasGradient
        ) { index, weightSum, biasSum in
            let row = source + index * width
            let slope = gs + index * width
            let average = means[index]
            let inverse = inverses[index]
            if weightSum != nil || biasSum != nil {
                forEachVector(width) { column, count in
                    let g = loadPartial(slope + column, count)
                    if let weightSum {
                        let normal = (loadPartial(row + column, count) - average) * inverse
                        let place = weightSum + column
                        storePartial(
                            loadPartial(place, count).addingProduct(g, normal), place, count)
                    }
                    if let biasSum {
                        let place = biasSum + column
                        storePartial(loadPartial(place, count) + g, place, count)
                    }
                }
            }
            guard let target else { return }
            var sum = Vector.zero
            var products = Vector.zero
            forEachVector(width) { column, count in
                var g = loadPartial(slope + column, count)
                if let ws { g *= loadPartial(ws + column, count) }
                let normal = (loadPartial(row + column, count) - average) * inverse
                sum += g
                products = products.addingProduct(g, normal)
            }
            let first = laneSum(sum) / Float(width)
            let second = laneSum(products) / Float(width)
            forEachVector(width) { column, count in
                var g = loadPartial(slope + column, count)
                if let ws { g *= loadPartial(ws + column, count) }
                let normal = (loadPartial(row + column, count) - average) * inverse
                storePartial(
                    (g - first - normal * second) * inverse, target + index * width + column, count)
            }
        }
        withExtendedLifetime((input, slopes, scale)) {}
    }

    /// x / sqrt(mean(x^2) + epsilon) * weight over the last axis; saves 1/root per row.
    public func rmsNorm(
        _ x: NDArray, weight: NDArray, epsilon: Double, into out: NDArray, inverseRoot: NDArray
    ) {
        if out.count == 0 { return }
        let width = out.shape[out.rank - 1]
        let (input, scale) = (dense(x), dense(weight))
        let (source, target, ws) = (input.floatPointer, out.floatPointer, scale.floatPointer)
        let inverses = inverseRoot.floatPointer
        parallel(out.count / width, grain: max(1, Self.dearGrain / width)) { range in
            for index in range {
                let row = source + index * width
                let square = rowDot(row, row, width) / Float(width)
                let inverse = 1 / (square + Float(epsilon)).squareRoot()
                inverses[index] = inverse
                forEachVector(width) { column, count in
                    let value = loadPartial(row + column, count) * inverse
                    storePartial(
                        value * loadPartial(ws + column, count), target + index * width + column,
                        count)
                }
            }
        }
        withExtendedLifetime((input, scale)) {}
    }

    /// Gradients of `rmsNorm`.
    public func rmsNormGradient(
        _ x: NDArray, weight: NDArray, inverseRoot: NDArray, _ gradient: NDArray,
        into out: NDArray?, weightGradient: NDArray?
    ) {
        if x.count == 0 { return }
        let width = x.shape[x.rank - 1]
        let (input, slopes, scale) = (dense(x), dense(gradient), dense(weight))
        let (source, gs, ws) = (input.floatPointer, slopes.floatPointer, scale.floatPointer)
        let inverses = inverseRoot.floatPointer
        let target = out?.floatPointer
        rowsWithColumnSums(
            rows: x.count / width, width: width, first: weightGradient, second: nil
        ) { index, weightSum, _ in
            let row = source + index * width
            let slope = gs + index * width
            let inverse = inverses[index]
            var products = Vector.zero
            forEachVector(width) { column, count in
                let g = loadPartial(slope + column, count)
                let value = loadPartial(row + column, count) * inverse
                if let weightSum {
                    let place = weightSum + column
                    storePartial(loadPartial(place, count).addingProduct(g, value), place, count)
                }
                products = products.addingProduct(g * loadPartial(ws + column, count), value)
            }
            guard let target else { return }
            let mean = laneSum(products) / Float(width)
            forEachVector(width) { column, count in
                let g = loadPartial(slope + column, count) * loadPartial(ws + column, count)
                let value = loadPartial(row + column, count) * inverse
                storePartial(
                    (g - value * mean) * inverse, target + index * width + column, count)
            }
        }
        withExtendedLifetime((input, slopes, scale)) {}
    }

    /// Calls `body` for every row with two rows of sums it may add to, and adds the sums of all threads up.
    ///
    /// Rows are cut into parts whose number depends on the shape only, and parts are added in order.
    private func rowsWithColumnSums(
        rows: Int, width: Int, first: NDArray?, second: NDArray?,
        _ body: (_ row: Int, _ first: FloatPointer?, _ second: FloatPointer?) -> Void
    ) {
        let parts = max(1, min(16, rows * width / Self.dearGrain, rows))
        let size = (rows + parts - 1) / parts
        let used = (rows + size - 1) / size
        let partial = zeroedScratch(used * width * 2)
        defer { partial.deallocate() }
        parallelTasks(used, cost: rows * width * 8) { part in
            let sums = partial + part * width * 2
            for row in part * size..<min((part + 1) * size, rows) {
                body(row, first == nil ? nil : sums, second == nil ? nil : sums + width)
            }
        }
        for (index, output) in [first, second].enumerated() {
            guard let target = output?.floatPointer else { continue }
            target.update(from: partial + index * width, count: width)
            for part in 1..<max(used, 1) {
                let sums = partial + (part * 2 + index) * width
                for column in 0..<width { target[column] += sums[column] }
            }
        }
    }
}
