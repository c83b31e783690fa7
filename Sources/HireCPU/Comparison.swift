import HireArray

extension CPUBackend {
    /// out (bool) = a ? b.
    public func compare(_ kernel: CompareKernel, _ a: NDArray, _ b: NDArray, into out: NDArray) {
        switch a.dtype {
        case .float32: compare(kernel, a, b, out, as: Float.self)
        case .float64: compare(kernel, a, b, out, as: Double.self)
        case .float16: compare(kernel, a, b, out, as: Float16.self)
        case .int32: compare(kernel, a, b, out, as: Int32.self)
        case .int64: compare(kernel, a, b, out, as: Int64.self)
        case .uint8: compare(kernel, a, b, out, as: UInt8.self)
        case .bfloat16, .bool:
            let left = ElementReader(a)
            let right = ElementReader(b)
            compare(kernel, a, b, out, { left.number($0) }, { right.number($0) })
        }
    }

    private func compare<T: Element & Comparable>(
        _ kernel: CompareKernel, _ a: NDArray, _ b: NDArray, _ out: NDArray, as type: T.Type
    ) {
        let left = a.pointer(as: T.self)
        let right = b.pointer(as: T.self)
        compare(kernel, a, b, out, { left[$0] }, { right[$0] })
    }

    @inline(__always)
    private func compare<T: Comparable>(
        _ kernel: CompareKernel, _ a: NDArray, _ b: NDArray, _ out: NDArray,
        _ left: (Int) -> T, _ right: (Int) -> T
    ) {
        switch kernel {
        case .eq: test(a, b, out, left, right) { $0 == $1 }
        case .ne: test(a, b, out, left, right) { $0 != $1 }
        case .lt: test(a, b, out, left, right) { $0 < $1 }
        case .le: test(a, b, out, left, right) { $0 <= $1 }
        case .gt: test(a, b, out, left, right) { $0 > $1 }
        case .ge: test(a, b, out, left, right) { $0 >= $1 }
        }
    }

    @inline(__always)
    private func test<T>(
        _ a: NDArray, _ b: NDArray, _ out: NDArray, _ left: (Int) -> T, _ right: (Int) -> T,
        _ relation: (T, T) -> Bool
    ) {
        if out.count == 0 { return }
        let layout = Layout([a, b, out])
        let steps = (layout.innerStride(0), layout.innerStride(1))
        let target = out.pointer(as: Bool.self)
        parallel(layout.count, grain: Self.dearGrain) { range in
            layout.forEachRun(in: range) { offsets, position, length in
                let place = target + offsets[2]
                for index in 0..<length {
                    place[index] = relation(
                        left(offsets[0] &+ index &* steps.0), right(offsets[1] &+ index &* steps.1))
                }
            }
        }
    }

    /// out = condition (bool) ? a : b; all of out's shape.
    public func select(_ condition: NDArray, _ a: NDArray, _ b: NDArray, into out: NDArray) {
        switch out.dtype.byteSize {
        case 1: choose(condition, a, b, out, as: UInt8.self)
        case 2: choose(condition, a, b, out, as: UInt16.self)
        case 4: choose(condition, a, b, out, as: UInt32.self)
        default: choose(condition, a, b, out, as: UInt64.self)
        }
    }

    private func choose<T: BitwiseCopyable>(
        _ condition: NDArray, _ a: NDArray, _ b: NDArray, _ out: NDArray, as type: T.Type
    ) {
        if out.count == 0 { return }
        let layout = Layout([condition, a, b, out])
        let steps = (layout.innerStride(0), layout.innerStride(1), layout.innerStride(2))
        let test = condition.pointer(as: Bool.self)
        let left = a.elementPointer(T.self)
        let right = b.elementPointer(T.self)
        let target = out.elementPointer(T.self)
        parallel(layout.count, grain: Self.dearGrain) { range in
            layout.forEachRun(in: range) { offsets, position, length in
                for index in 0..<length {
                    target[offsets[3] &+ index] =
                        test[offsets[0] &+ index &* steps.0]
                        ? left[offsets[1] &+ index &* steps.1]
                        : right[offsets[2] &+ index &* steps.2]
                }
            }
        }
    }
}

extension NDArray {
    /// The first element as an untyped bit pattern of the dtype's size.
    func elementPointer<T: BitwiseCopyable>(_ type: T.Type) -> UnsafeMutablePointer<T> {
        guard let base = storage.pointer else {
            preconditionFailure("A kernel was given an array that has a shape and no values.")
        }
        return base.assumingMemoryBound(to: T.self) + offset
    }
}
