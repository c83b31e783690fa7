import HireArray

/// How partial results of a reduction combine.
private protocol Reduction {
    static var identity: Float { get }
    static func combine(_ a: Vector, _ b: Vector) -> Vector
    static func combineLanes(_ v: Vector) -> Float
}

private enum Sum: Reduction {
    static var identity: Float { 0 }
    @inline(__always) static func combine(_ a: Vector, _ b: Vector) -> Vector { a + b }
    @inline(__always) static func combineLanes(_ v: Vector) -> Float { laneSum(v) }
}

private enum Largest: Reduction {
    static var identity: Float { -.infinity }
    @inline(__always) static func combine(_ a: Vector, _ b: Vector) -> Vector { larger(a, b) }
    @inline(__always) static func combineLanes(_ v: Vector) -> Float { laneMaximum(v) }
}

private enum Smallest: Reduction {
    static var identity: Float { .infinity }
    @inline(__always) static func combine(_ a: Vector, _ b: Vector) -> Vector { smaller(a, b) }
    @inline(__always) static func combineLanes(_ v: Vector) -> Float { -laneMaximum(-v) }
}

extension CPUBackend {
    /// Reduces over `axes`; out has extent 1 there.
    public func reduce(_ kernel: ReduceKernel, _ x: NDArray, axes: [Int], into out: NDArray) {
        if x.dtype != .float32 { return reduceIntegers(kernel, x, axes: axes, into: out) }
        switch kernel {
        case .sum: reduce(Sum.self, x, axes, out)
        case .max: reduce(Largest.self, x, axes, out)
        case .min: reduce(Smallest.self, x, axes, out)
        }
    }

    private func reduce<Kernel: Reduction>(
        _ kernel: Kernel.Type, _ input: NDArray, _ axes: [Int], _ out: NDArray
    ) {
        if out.count == 0 { return }
        if input.count == 0 { return fill(out, Double(Kernel.identity)) }
        let x = dense(input)
        // Alternating groups of kept and reduced axes, merged: [kept, reduced, kept, reduced, ...].
        var extents: [Int] = []
        var reduced: [Bool] = []
        for axis in x.shape.indices where x.shape[axis] != 1 {
            let flag = axes.contains(axis)
            if reduced.last == flag {
                extents[extents.count - 1] *= x.shape[axis]
            } else {
                extents.append(x.shape[axis])
                reduced.append(flag)
            }
        }
        guard !extents.isEmpty, reduced.contains(true) else {
            return copy(x.viewed(as: out.shape) ?? x, into: out)
        }
        var source = x.floatPointer
        var temporaries: [NDArray] = []
        // Reduce from the innermost group outwards; each pass leaves a dense array.
        while let group = reduced.lastIndex(of: true) {
            let outer = extents[..<group].reduce(1, *)
            let inner = extents[(group + 1)...].reduce(1, *)
            let isLast = reduced.firstIndex(of: true) == group
            let target: FloatPointer
            if isLast {
                target = out.floatPointer
            } else {
                let array = temporary([outer * inner])
                temporaries.append(array)
                target = array.floatPointer
            }
            reduceMiddle(kernel, source, outer, extents[group], inner, target)
            source = target
            extents.remove(at: group)
            reduced.remove(at: group)
        }
        withExtendedLifetime(temporaries) {}
    }

    /// target[o, i] = combination over m of source[o, m, i].
    private func reduceMiddle<Kernel: Reduction>(
        _ kernel: Kernel.Type, _ source: FloatPointer, _ outer: Int, _ middle: Int, _ inner: Int,
        _ target: FloatPointer
    ) {
        let total = outer * middle * inner
        // Long reductions are cut into parts whose number depends on the shape only, and not on the batch where results
        // must not: a batch is part of `outer`.
        let sums = isInvariant ? inner : outer * inner
        let parts =
            sums >= 4096
            ? 1 : max(1, min(16, total / 65_536 / max(outer, 1), middle / 16))
        if parts > 1 {
            let size = (middle + parts - 1) / parts
            let used = (middle + size - 1) / size
            let partial = scratch(outer * used * inner)
            defer { partial.deallocate() }
            parallelTasks(outer * used, cost: total) { task in
                let first = task % used * size
                let rows = min(size, middle - first)
                let start = source + (task / used * middle + first) * inner
                Self.reduceBlock(kernel, start, rows, inner, partial + task * inner)
            }
            for index in 0..<outer {
                Self.reduceBlock(
                    kernel, partial + index * used * inner, used, inner, target + index * inner)
            }
            return
        }
        let grain = max(1, Self.cheapGrain / max(middle * inner, 1))
        if outer == 1 {
            parallel(inner, grain: max(64, Self.cheapGrain / middle)) { range in
                Self.reduceBlock(
                    kernel, source + range.lowerBound, middle, range.count,
                    target + range.lowerBound, stride: inner)
            }
            return
        }
        parallel(outer, grain: grain) { range in
            for index in range {
                Self.reduceBlock(
                    kernel, source + index * middle * inner, middle, inner, target + index * inner)
            }
        }
    }

    /// target[i] = combination over m of source[m, i].
    @inline(__always)
    private static func reduceBlock<Kernel: Reduction>(
        _ kernel: Kernel.Type, _ source: FloatPointer, _ rows: Int, _ columns: Int,
        _ target: FloatPointer, stride: Int? = nil
    ) {
        let step = stride ?? columns
        if columns == 1 && step == 1 {
            target[0] = reduceRow(kernel, source, rows)
            return
        }
        forEachVector(columns) { column, count in
            // Blocks of 128 rows keep rounding errors of long sums small.
            var total = splat(Kernel.identity)
            var row = 0
            while row < rows {
                let end = min(row &+ 128, rows)
                var block = splat(Kernel.identity)
                var place = source + row &* step + column
                while row < end {
                    block = Kernel.combine(block, loadPartial(place, count))
                    place += step
                    row &+= 1
                }
                total = Kernel.combine(total, block)
            }
            storePartial(total, target + column, count)
        }
    }

    @inline(__always)
    private static func reduceRow<Kernel: Reduction>(
        _ kernel: Kernel.Type, _ row: FloatPointer, _ count: Int
    ) -> Float {
        var total = splat(Kernel.identity)
        var start = 0
        while start < count {
            let end = min(start &+ 2048, count)
            var first = splat(Kernel.identity)
            var second = first
            var position = start
            while position &+ 16 <= end {
                first = Kernel.combine(first, load(row + position))
                second = Kernel.combine(second, load(row + position &+ 8))
                position &+= 16
            }
            while position < end {
                let length = min(lanes, end &- position)
                first = Kernel.combine(
                    first, loadPartial(row + position, length, fill: Kernel.identity))
                position &+= length
            }
            total = Kernel.combine(total, Kernel.combine(first, second))
            start = end
        }
        return Kernel.combineLanes(total)
    }

    private func reduceIntegers(
        _ kernel: ReduceKernel, _ x: NDArray, axes: [Int], into out: NDArray
    ) {
        let reader = ElementReader(x)
        let target = ElementWriter(out)
        let result = ElementReader(out)
        // The output's strides, repeated along the reduced axes.
        let strides = x.shape.indices.map { axes.contains($0) ? 0 : out.strides[$0] }
        switch kernel {
        case .sum: fill(out, 0)
        case .max: fill(out, x.dtype == .int32 ? Double(Int32.min) : -9.3e18)
        case .min: fill(out, x.dtype == .int32 ? Double(Int32.max) : 9.3e18)
        }
        if x.count == 0 { return }
        let layout = Layout(shape: x.shape, strides: [x.strides, strides])
        let steps = (layout.innerStride(0), layout.innerStride(1))
        layout.forEachRun(in: 0..<layout.count) { offsets, position, length in
            for index in 0..<length {
                let place = offsets[1] + index * steps.1
                let value = reader.integer(offsets[0] + index * steps.0)
                let old = result.integer(place)
                switch kernel {
                case .sum: target.set(place, old &+ value)
                case .max: target.set(place, Swift.max(old, value))
                case .min: target.set(place, Swift.min(old, value))
                }
            }
        }
    }

    /// out (int32, extent 1 at `axis`) = index of the first largest element.
    public func argmax(_ x: NDArray, axis: Int, into out: NDArray) {
        let source = dense(x)
        let length = x.shape[axis]
        let inner = x.shape[(axis + 1)...].reduce(1, *)
        let target = out.pointer(as: Int32.self)
        let reader = ElementReader(source)
        let floats = source.dtype == .float32 ? source.floatPointer : nil
        parallel(out.count, grain: max(1, Self.dearGrain / max(length, 1))) { range in
            for index in range {
                let start = index / inner * length * inner + index % inner
                var best = 0
                if let floats {
                    var top = floats[start]
                    for step in 1..<max(length, 1) {
                        let value = floats[start &+ step &* inner]
                        if value > top || (value != value && top == top) {
                            (top, best) = (value, step)
                        }
                    }
                } else {
                    var top = reader.number(start)
                    for step in 1..<max(length, 1) {
                        let value = reader.number(start + step * inner)
                        if value > top { (top, best) = (value, step) }
                    }
                }
                target[index] = Int32(best)
            }
        }
        withExtendedLifetime(source) {}
    }

    /// Inclusive running sum along an axis.
    public func cumulativeSum(_ x: NDArray, axis: Int, into out: NDArray) {
        let source = dense(x)
        let length = x.shape[axis]
        let inner = x.shape[(axis + 1)...].reduce(1, *)
        let outer = x.shape[..<axis].reduce(1, *)
        if x.dtype != .float32 {
            let reader = ElementReader(source)
            let writer = ElementWriter(out)
            for index in 0..<outer * inner {
                var place = index / inner * length * inner + index % inner
                var total = 0
                for _ in 0..<length {
                    total &+= reader.integer(place)
                    writer.set(place, total)
                    place += inner
                }
            }
            return
        }
        let input = source.floatPointer
        let target = out.floatPointer
        parallel(outer * inner, grain: max(1, Self.dearGrain / max(length, 1))) { range in
            for index in range {
                var place = index / inner * length * inner + index % inner
                var total: Double = 0
                for _ in 0..<length {
                    total += Double(input[place])
                    target[place] = Float(total)
                    place &+= inner
                }
            }
        }
        withExtendedLifetime(source) {}
    }
}
