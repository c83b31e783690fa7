import HireArray

extension CPUBackend {
    /// A 1 x 1 convolution: one product per sample, on the planes as they lie.
    func convolvePointwise(
        _ shape: ConvolutionShape, _ source: FloatPointer, _ ws: FloatPointer, _ bs: FloatPointer?,
        into target: FloatPointer
    ) {
        let plane = shape.outputPlane
        let tile = min(plane, 2048)
        let tiles = (plane + tile - 1) / tile
        parallelTasks(shape.batch * shape.groups * tiles, cost: shape.cost) { task in
            let index = task / tiles
            let group = index % shape.groups
            let first = task % tiles * tile
            let place = target + index * shape.outputs * plane + first
            let pixels = min(tile, plane - first)
            if let bs {
                for output in 0..<shape.outputs {
                    (place + output * plane).update(
                        repeating: bs[group * shape.outputs + output], count: pixels)
                }
            }
            multiply(
                BLASMatrix(ws + group * shape.outputs * shape.inputs, leading: shape.inputs),
                BLASMatrix(source + index * shape.inputs * plane + first, leading: plane),
                rows: shape.outputs, columns: pixels, inner: shape.inputs, beta: bs == nil ? 0 : 1,
                into: place, leading: plane)
        }
    }

    /// Any convolution: columns of input patches, a band of rows at a time, and a product.
    func convolveByColumns(
        _ shape: ConvolutionShape, _ source: FloatPointer, _ ws: FloatPointer, _ bs: FloatPointer?,
        into target: FloatPointer
    ) {
        let band = bandRows(shape)
        let bands = (shape.outputHeight + band - 1) / band
        parallelTasks(shape.batch * shape.groups * bands, cost: shape.cost) { task in
            let index = task / bands
            let group = index % shape.groups
            let first = task % bands * band
            let pixels = min(band, shape.outputHeight - first) * shape.outputWidth
            let patches = scratch(shape.columns * pixels)
            defer { patches.deallocate() }
            gatherPatches(
                shape, source + index * shape.inputs * shape.inputPlane, first: first,
                rows: pixels / shape.outputWidth, into: patches)
            let place =
                target + index * shape.outputs * shape.outputPlane + first * shape.outputWidth
            if let bs {
                for output in 0..<shape.outputs {
                    (place + output * shape.outputPlane).update(
                        repeating: bs[group * shape.outputs + output], count: pixels)
                }
            }
            multiply(
                BLASMatrix(ws + group * shape.outputs * shape.columns, leading: shape.columns),
                BLASMatrix(patches, leading: pixels), rows: shape.outputs, columns: pixels,
                inner: shape.columns, beta: bs == nil ? 0 : 1, into: place,
                leading: shape.outputPlane)
        }
    }

    /// The gradient of the input by products with the transposed weight, added into the planes.
    func scatterColumns(
        _ shape: ConvolutionShape, _ gs: FloatPointer, _ ws: FloatPointer,
        into target: FloatPointer
    ) {
        let band = bandRows(shape)
        parallelTasks(shape.batch * shape.groups, cost: shape.cost) { index in
            let group = index % shape.groups
            let planes = target + index * shape.inputs * shape.inputPlane
            let weights = BLASMatrix(
                ws + group * shape.outputs * shape.columns, leading: shape.columns, transposed: true
            )
            let slopes = gs + index * shape.outputs * shape.outputPlane
            if shape.isPointwise {
                multiply(
                    weights, BLASMatrix(slopes, leading: shape.outputPlane), rows: shape.inputs,
                    columns: shape.outputPlane, inner: shape.outputs, into: planes,
                    leading: shape.inputPlane)
                return
            }
            planes.update(repeating: 0, count: shape.inputs * shape.inputPlane)
            let patches = scratch(shape.columns * band * shape.outputWidth)
            defer { patches.deallocate() }
            var first = 0
            while first < shape.outputHeight {
                let rows = min(band, shape.outputHeight - first)
                let pixels = rows * shape.outputWidth
                multiply(
                    weights,
                    BLASMatrix(slopes + first * shape.outputWidth, leading: shape.outputPlane),
                    rows: shape.columns, columns: pixels, inner: shape.outputs, into: patches,
                    leading: pixels)
                addPatches(shape, patches, first: first, rows: rows, into: planes)
                first += rows
            }
        }
    }

    /// The gradient of the weight by products of output gradients with columns of patches.
    func correlateColumns(
        _ shape: ConvolutionShape, _ source: FloatPointer, _ gs: FloatPointer,
        into target: FloatPointer
    ) {
        let band = bandRows(shape)
        let count = shape.outputs * shape.columns
        let parts = min(shape.batch, Self.partialSums(cost: shape.cost))
        let size = (shape.batch + parts - 1) / parts
        let used = (shape.batch + size - 1) / size
        let partial = scratch(used * shape.groups * count)
        defer { partial.deallocate() }
        parallelTasks(used * shape.groups, cost: shape.cost) { task in
            let (part, group) = (task / shape.groups, task % shape.groups)
            let sums = partial + task * count
            let patches = scratch(shape.isPointwise ? 1 : shape.columns * band * shape.outputWidth)
            defer { patches.deallocate() }
            var beta: Float = 0
            for sample in part * size..<min((part + 1) * size, shape.batch) {
                let index = sample * shape.groups + group
                let planes = source + index * shape.inputs * shape.inputPlane
                let slopes = gs + index * shape.outputs * shape.outputPlane
                if shape.isPointwise {
                    multiply(
                        BLASMatrix(slopes, leading: shape.outputPlane),
                        BLASMatrix(planes, leading: shape.inputPlane, transposed: true),
                        rows: shape.outputs, columns: shape.inputs, inner: shape.outputPlane,
                        beta: beta, into: sums, leading: shape.inputs)
                    beta = 1
                    continue
                }
                var first = 0
                while first < shape.outputHeight {
                    let rows = min(band, shape.outputHeight - first)
                    let pixels = rows * shape.outputWidth
                    gatherPatches(shape, planes, first: first, rows: rows, into: patches)
                    multiply(
                        BLASMatrix(slopes + first * shape.outputWidth, leading: shape.outputPlane),
                        BLASMatrix(patches, leading: pixels, transposed: true), rows: shape.outputs,
                        columns: shape.columns, inner: pixels, beta: beta, into: sums,
                        leading: shape.columns)
                    beta = 1
                    first += rows
                }
            }
        }
        for group in 0..<shape.groups {
            let to = target + group * count
            to.update(from: partial + group * count, count: count)
            for part in 1..<max(used, 1) {
                let sums = partial + (part * shape.groups + group) * count
                for index in 0..<count { to[index] += sums[index] }
            }
        }
    }

    /// Output rows whose patches take about a megabyte.
    private func bandRows(_ shape: ConvolutionShape) -> Int {
        max(1, min(shape.outputHeight, 262_144 / max(1, shape.columns * shape.outputWidth)))
    }

    /// patches[c, tap, y, x] = the padded input at output row first + y.
    private func gatherPatches(
        _ shape: ConvolutionShape, _ planes: FloatPointer, first: Int, rows: Int,
        into patches: FloatPointer
    ) {
        forEachPatchRow(shape, first: first, rows: rows) { channel, row, place, columns, left in
            let to = patches + place
            guard row >= 0 else {
                to.update(repeating: 0, count: shape.outputWidth)
                return
            }
            let from = planes + (channel * shape.inputHeight + row) * shape.inputWidth
            for x in 0..<columns.lowerBound { to[x] = 0 }
            for x in columns.upperBound..<shape.outputWidth { to[x] = 0 }
            if shape.window.stride.y == 1 {
                copyRow(from + left + columns.lowerBound, to + columns.lowerBound, columns.count)
            } else {
                for x in columns { to[x] = from[left &+ x &* shape.window.stride.y] }
            }
        }
    }

    /// Adds patches back to where `gatherPatches` reads them.
    private func addPatches(
        _ shape: ConvolutionShape, _ patches: FloatPointer, first: Int, rows: Int,
        into planes: FloatPointer
    ) {
        forEachPatchRow(shape, first: first, rows: rows) { channel, row, place, columns, left in
            guard row >= 0 else { return }
            let to = planes + (channel * shape.inputHeight + row) * shape.inputWidth
            let from = patches + place
            for x in columns { to[left &+ x &* shape.window.stride.y] += from[x] }
        }
    }

    /// Calls `body` for each row of patches: channel, input row (-1 in the padding), place in the patches, output
    /// columns that lie inside the input, and input column of output column 0.
    @inline(__always)
    private func forEachPatchRow(
        _ shape: ConvolutionShape, first: Int, rows: Int,
        _ body: (_ channel: Int, _ row: Int, _ place: Int, _ columns: Range<Int>, _ left: Int) ->
            Void
    ) {
        let window = shape.window
        var place = 0
        for channel in 0..<shape.inputs {
            for tap in 0..<shape.taps {
                let left = tap % window.kernel.y * window.dilation.y - window.padding.y
                let begin = left < 0 ? (-left + window.stride.y - 1) / window.stride.y : 0
                let end =
                    left >= shape.inputWidth
                    ? 0 : (shape.inputWidth - 1 - left) / window.stride.y + 1
                let low = min(begin, shape.outputWidth)
                let columns = low..<max(low, min(end, shape.outputWidth))
                for y in first..<first + rows {
                    let row =
                        y * window.stride.x + tap / window.kernel.y * window.dilation.x
                        - window.padding.x
                    let inside = row >= 0 && row < shape.inputHeight
                    body(channel, inside ? row : -1, place, columns, left)
                    place += shape.outputWidth
                }
            }
        }
    }
}
