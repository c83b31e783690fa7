import HireArray

extension CPUBackend {
    /// out takes the given indices (rank 1) of one axis.
    public func indexSelect(_ x: NDArray, axis: Int, _ indices: NDArray, into out: NDArray) {
        if out.count == 0 { return }
        let source = dense(x)
        let positions = indexList(indices, below: x.shape[axis], in: "indexSelect")
        let inner = x.shape[(axis + 1)...].reduce(1, *) * x.dtype.byteSize
        let outer = x.shape[..<axis].reduce(1, *)
        let length = x.shape[axis]
        let from = UnsafeMutableRawPointer(source.elementPointer(UInt8.self, bytes: true))
        let to = UnsafeMutableRawPointer(out.elementPointer(UInt8.self, bytes: true))
        let count = positions.count
        parallel(outer * count, grain: max(1, 131_072 / max(inner, 1))) { range in
            for row in range {
                let block = row / count
                let index = positions[row - block * count]
                (to + row * inner).copyMemory(
                    from: from + (block * length + index) * inner, byteCount: inner)
            }
        }
        withExtendedLifetime(source) {}
    }

    /// out[index] += x along an axis; `out` keeps what it holds elsewhere.
    public func indexAdd(_ x: NDArray, axis: Int, _ indices: NDArray, into out: NDArray) {
        if x.count == 0 { return }
        let source = dense(x)
        let positions = indexList(indices, below: out.shape[axis], in: "indexAdd")
        let inner = x.shape[(axis + 1)...].reduce(1, *)
        let outer = x.shape[..<axis].reduce(1, *)
        let length = out.shape[axis]
        if x.dtype != .float32 {
            return addIntegers(source, out) { element in
                let row = element / inner
                return (row / positions.count * length + positions[row % positions.count]) * inner
                    + element % inner
            }
        }
        let from = source.floatPointer
        let to = out.floatPointer
        let count = positions.count
        // Threads take whole outer blocks or columns, so each place is added to by one thread in index order.
        let addRows = { (block: Int, columns: Range<Int>) in
            for row in 0..<count {
                let read = from + (block * count + row) * inner
                let write = to + (block * length + positions[row]) * inner
                for column in columns { write[column] += read[column] }
            }
        }
        if outer >= threads {
            parallel(outer, grain: max(1, Self.cheapGrain / max(count * inner, 1))) { range in
                for block in range { addRows(block, 0..<inner) }
            }
        } else {
            for block in 0..<outer {
                parallel(inner, grain: max(16, Self.cheapGrain / max(count, 1))) {
                    addRows(block, $0)
                }
            }
        }
        withExtendedLifetime(source) {}
    }

    /// `torch.gather`: out has the shape of indices.
    public func gather(_ x: NDArray, axis: Int, _ indices: NDArray, into out: NDArray) {
        switch x.dtype.byteSize {
        case 1: gather(x, axis, indices, out, as: UInt8.self)
        case 2: gather(x, axis, indices, out, as: UInt16.self)
        case 4: gather(x, axis, indices, out, as: UInt32.self)
        default: gather(x, axis, indices, out, as: UInt64.self)
        }
    }

    private func gather<T: BitwiseCopyable>(
        _ x: NDArray, _ axis: Int, _ indices: NDArray, _ out: NDArray, as type: T.Type
    ) {
        if out.count == 0 { return }
        let positions = dense(indices)
        let list = positions.pointer(as: Int32.self)
        checkIndices(list, positions.count, below: x.shape[axis], in: "gather")
        let source = x.elementPointer(T.self)
        let target = out.elementPointer(T.self)
        // A layout over the indices' shape in which the gathered axis of x stands still.
        var strides = x.strides
        strides[axis] = 0
        let layout = Layout(
            shape: out.shape, strides: [strides, positions.shape.contiguousStrides])
        let step = layout.innerStride(0)
        let axisStride = x.strides[axis]
        parallel(layout.count, grain: Self.dearGrain) { range in
            layout.forEachRun(in: range) { offsets, position, length in
                for index in 0..<length {
                    let place = Int(list[position &+ index])
                    target[position &+ index] =
                        source[offsets[0] &+ index &* step &+ place &* axisStride]
                }
            }
        }
        withExtendedLifetime(positions) {}
    }

    /// `Tensor.scatter_add_`: out[indices] += x; `out` keeps what it holds elsewhere.
    public func scatterAdd(_ x: NDArray, axis: Int, _ indices: NDArray, into out: NDArray) {
        if indices.count == 0 { return }
        let positions = dense(indices)
        let list = positions.pointer(as: Int32.self)
        checkIndices(list, positions.count, below: out.shape[axis], in: "scatterAdd")
        var strides = out.strides
        strides[axis] = 0
        let layout = Layout(
            shape: indices.shape,
            strides: [x.strides, strides, positions.shape.contiguousStrides])
        let steps = (layout.innerStride(0), layout.innerStride(1))
        let axisStride = out.strides[axis]
        let integers =
            x.dtype == .float32 ? nil : (ElementReader(x), ElementReader(out), ElementWriter(out))
        layout.forEachRun(in: 0..<layout.count) { offsets, position, length in
            for index in 0..<length {
                let place =
                    offsets[1] + index * steps.1 + Int(list[position + index]) * axisStride
                let from = offsets[0] + index * steps.0
                if let (reader, old, writer) = integers {
                    writer.set(place, old.integer(place) &+ reader.integer(from))
                } else {
                    out.floatPointer[place] += x.floatPointer[from]
                }
            }
        }
        withExtendedLifetime(positions) {}
    }

    private func addIntegers(_ source: NDArray, _ out: NDArray, _ place: (Int) -> Int) {
        let reader = ElementReader(source)
        let old = ElementReader(out)
        let writer = ElementWriter(out)
        for element in 0..<source.count {
            let target = place(element)
            writer.set(target, old.integer(target) &+ reader.integer(element))
        }
    }

    private func indexList(_ indices: NDArray, below bound: Int, in operation: String) -> [Int] {
        let positions = dense(indices)
        let list = positions.pointer(as: Int32.self)
        checkIndices(list, positions.count, below: bound, in: operation)
        let result = (0..<positions.count).map { Int(list[$0]) }
        withExtendedLifetime(positions) {}
        return result
    }

    /// Stops the program rather than touch foreign memory; callers check indices that users gave.
    private func checkIndices(
        _ list: UnsafeMutablePointer<Int32>, _ count: Int, below bound: Int, in operation: String
    ) {
        for index in 0..<count where list[index] < 0 || Int(list[index]) >= bound {
            fatalError("\(operation) was given index \(list[index]), outside 0..<\(bound).")
        }
    }
}

extension NDArray {
    /// The first byte of the first element.
    func elementPointer(_ type: UInt8.Type, bytes: Bool) -> UnsafeMutablePointer<UInt8> {
        guard let base = storage.pointer else {
            preconditionFailure("A kernel was given an array that has a shape and no values.")
        }
        return base.assumingMemoryBound(to: UInt8.self) + offset * dtype.byteSize
    }
}
