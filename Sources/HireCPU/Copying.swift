import HireArray

extension CPUBackend {
    /// Sets every element.
    public func fill(_ out: NDArray, _ value: Double) {
        switch out.dtype {
        case .float32: setAll(out, Float(value))
        case .float64: setAll(out, value)
        case .float16: setAll(out, Float16(Float(value)))
        case .bfloat16: setAll(out, BFloat16(Float(value)))
        case .int32: setAll(out, Int32(truncatingIfNeeded: clampedInt(value)))
        case .int64: setAll(out, Int64(clampedInt(value)))
        case .uint8: setAll(out, UInt8(truncatingIfNeeded: clampedInt(value)))
        case .bool: setAll(out, value != 0)
        }
    }

    private func setAll<T: Element>(_ out: NDArray, _ value: T) {
        if out.count == 0 { return }
        let target = out.pointer(as: T.self)
        let layout = Layout([out])
        let step = layout.innerStride(0)
        parallel(layout.count, grain: 1 << 18) { range in
            layout.forEachRun(in: range) { offsets, position, length in
                let row = target + offsets[0]
                if step == 1 {
                    row.update(repeating: value, count: length)
                } else {
                    for index in 0..<length { row[index &* step] = value }
                }
            }
        }
    }

    /// Copies with conversion between any two dtypes; both sides may be strided, shapes are equal.
    public func copy(_ source: NDArray, into out: NDArray) {
        if out.count == 0 { return }
        if source.dtype == out.dtype {
            switch out.dtype.byteSize {
            case 1: move(source, out, as: UInt8.self)
            case 2: move(source, out, as: UInt16.self)
            case 4: move(source, out, as: UInt32.self)
            default: move(source, out, as: UInt64.self)
            }
            return
        }
        switch (source.dtype, out.dtype) {
        case (.bfloat16, .float32):
            convert(source, out, UInt16.self, Float.self) { Float(bitPattern: UInt32($0) << 16) }
        case (.float32, .bfloat16):
            convert(source, out, Float.self, UInt16.self) { BFloat16($0).bits }
        case (.float16, .float32): convert(source, out, Float16.self, Float.self) { Float($0) }
        case (.float32, .float16): convert(source, out, Float.self, Float16.self) { Float16($0) }
        case (.uint8, .float32): convert(source, out, UInt8.self, Float.self) { Float($0) }
        case (.int32, .float32): convert(source, out, Int32.self, Float.self) { Float($0) }
        case (.bool, .float32): convert(source, out, Bool.self, Float.self) { $0 ? 1 : 0 }
        case (.float32, .float64): convert(source, out, Float.self, Double.self) { Double($0) }
        case (.float64, .float32): convert(source, out, Double.self, Float.self) { Float($0) }
        default: convertSlowly(source, out)
        }
    }

    @inline(__always)
    private func convert<S: BitwiseCopyable, T: BitwiseCopyable>(
        _ source: NDArray, _ out: NDArray, _ from: S.Type, _ to: T.Type, _ function: (S) -> T
    ) {
        let input = source.elementPointer(S.self)
        let target = out.elementPointer(T.self)
        let layout = Layout([source, out])
        let steps = (layout.innerStride(0), layout.innerStride(1))
        parallel(layout.count, grain: Self.cheapGrain) { range in
            layout.forEachRun(in: range) { offsets, position, length in
                let from = input + offsets[0]
                let to = target + offsets[1]
                if steps == (1, 1) {
                    for index in 0..<length { to[index] = function(from[index]) }
                } else {
                    for index in 0..<length {
                        to[index &* steps.1] = function(from[index &* steps.0])
                    }
                }
            }
        }
    }

    /// Any dtype to any other, element by element.
    private func convertSlowly(_ source: NDArray, _ out: NDArray) {
        let reader = ElementReader(source)
        let writer = ElementWriter(out)
        let viaIntegers = !source.dtype.isFloatingPoint
        let layout = Layout([source, out])
        let steps = (layout.innerStride(0), layout.innerStride(1))
        parallel(layout.count, grain: 2048) { range in
            layout.forEachRun(in: range) { offsets, position, length in
                for index in 0..<length {
                    let from = offsets[0] + index * steps.0
                    let to = offsets[1] + index * steps.1
                    if viaIntegers {
                        writer.set(to, reader.integer(from))
                    } else {
                        writer.set(to, reader.number(from))
                    }
                }
            }
        }
    }

    private func move<T: BitwiseCopyable>(_ source: NDArray, _ out: NDArray, as type: T.Type) {
        let input = source.elementPointer(T.self)
        let target = out.elementPointer(T.self)
        let layout = Layout([source, out])
        let steps = (layout.innerStride(0), layout.innerStride(1))
        if steps != (1, 1), let plan = Transposition(layout) {
            return transpose(plan, input, target)
        }
        parallel(layout.count, grain: Self.cheapGrain * 2) { range in
            layout.forEachRun(in: range) { offsets, position, length in
                let from = input + offsets[0]
                let to = target + offsets[1]
                if steps == (1, 1) {
                    copyElements(from, to, length)
                } else {
                    for index in 0..<length { to[index &* steps.1] = from[index &* steps.0] }
                }
            }
        }
    }

    /// Copies squares of 16 x 16 elements, so that both sides touch whole cache lines.
    private func transpose<T: BitwiseCopyable>(
        _ plan: Transposition, _ input: UnsafeMutablePointer<T>, _ target: UnsafeMutablePointer<T>
    ) {
        let side = 16
        let bands = (plan.across.extent + side - 1) / side
        let planes = plan.outer.count
        parallelTasks(planes * bands, cost: planes * plan.across.extent * plan.along.extent) {
            task in
            let plane = task / bands
            let first = task % bands * side
            let last = min(first + side, plan.across.extent)
            plan.outer.forEachRun(in: plane..<plane + 1) { offsets, position, length in
                let from = input + offsets[0]
                let to = target + offsets[1]
                var block = 0
                while block < plan.along.extent {
                    let end = min(block &+ side, plan.along.extent)
                    for row in first..<last {
                        let read = from + row &* plan.across.source
                        let write = to + row &* plan.across.target
                        for column in block..<end {
                            write[column &* plan.along.target] = read[column &* plan.along.source]
                        }
                    }
                    block = end
                }
            }
        }
    }
}

/// A copy in which source and target are dense along different axes.
private struct Transposition {
    /// Along which the target is dense, and along which the source is.
    let along, across: (extent: Int, source: Int, target: Int)
    /// The other axes.
    let outer: Layout

    init?(_ layout: Layout) {
        let axes = layout.shape.indices
        guard let dense = axes.first(where: { layout.strides[1][$0] == 1 }),
            let read = axes.first(where: { layout.strides[0][$0] == 1 }), dense != read
        else { return nil }
        along = (layout.shape[dense], layout.strides[0][dense], 1)
        across = (layout.shape[read], 1, layout.strides[1][read])
        let rest = axes.filter { $0 != dense && $0 != read }
        outer = Layout(
            shape: rest.map { layout.shape[$0] },
            strides: [rest.map { layout.strides[0][$0] }, rest.map { layout.strides[1][$0] }])
    }
}

/// Copies a row; short ones without a call.
@inline(__always)
private func copyElements<T: BitwiseCopyable>(
    _ source: UnsafeMutablePointer<T>, _ target: UnsafeMutablePointer<T>, _ count: Int
) {
    let vector = 32 / MemoryLayout<T>.size
    if count > 16 * vector { return target.update(from: source, count: count) }
    var position = 0
    while position &+ vector <= count {
        let value = UnsafeRawPointer(source + position).loadUnaligned(as: SIMD4<UInt64>.self)
        UnsafeMutableRawPointer(target + position).storeBytes(of: value, as: SIMD4<UInt64>.self)
        position &+= vector
    }
    while position < count {
        target[position] = source[position]
        position &+= 1
    }
}
