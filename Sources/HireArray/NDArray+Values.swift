extension NDArray {
    /// Every element in row-major order as Float, whatever the dtype.
    ///
    /// - Throws: `ArrayError.noValues` in a shapes-only run.
    public func floats() throws -> [Float] {
        switch dtype {
        case .float32: try elements(Float.self)
        case .float64: try elements(Double.self).map(Float.init)
        case .float16: try elements(Float16.self).map(Float.init)
        case .bfloat16: try elements(BFloat16.self).map(\.floatValue)
        case .int32: try elements(Int32.self).map(Float.init)
        case .int64: try elements(Int64.self).map(Float.init)
        case .uint8: try elements(UInt8.self).map(Float.init)
        case .bool: try elements(Bool.self).map { $0 ? 1 : 0 }
        }
    }

    /// Every element in row-major order as Double, whatever the dtype.
    ///
    /// - Throws: `ArrayError.noValues` in a shapes-only run.
    public func doubles() throws -> [Double] {
        switch dtype {
        case .float64: try elements(Double.self)
        case .int64: try elements(Int64.self).map(Double.init)
        case .int32: try elements(Int32.self).map(Double.init)
        default: try floats().map(Double.init)
        }
    }

    /// Every element in row-major order as Int (floating-point elements are rounded towards zero).
    ///
    /// - Throws: `ArrayError.noValues` in a shapes-only run.
    public func integers() throws -> [Int] {
        switch dtype {
        case .int32: try elements(Int32.self).map(Int.init)
        case .int64: try elements(Int64.self).map(Int.init)
        case .uint8: try elements(UInt8.self).map(Int.init)
        case .bool: try elements(Bool.self).map { $0 ? 1 : 0 }
        default: try doubles().map { Int($0) }
        }
    }

    /// The smallest and largest element of an int32 array, leaving out one value; nil if there are none.
    ///
    /// Ops check indices with it before a kernel follows them.
    public func indexBounds(excluding ignored: Int32? = nil) -> ClosedRange<Int>? {
        guard hasValues, dtype == .int32 else { return nil }
        let base = pointer(as: Int32.self)
        var lowest = Int32.max
        var highest = Int32.min
        var found = false
        let visit = { (position: Int) in
            let value = base[position]
            if value == ignored { return }
            found = true
            lowest = Swift.min(lowest, value)
            highest = Swift.max(highest, value)
        }
        if isContiguous {
            for position in 0..<count { visit(position) }
        } else {
            forEachOffset(visit)
        }
        return found ? Int(lowest)...Int(highest) : nil
    }

    /// Every element in row-major order, read as the Swift type of this array's dtype.
    ///
    /// - Throws: `ArrayError.noValues` in a shapes-only run; `ArrayError.dtype` for another type.
    public func elements<T: Element>(_ type: T.Type) throws -> [T] {
        guard hasValues else { throw ArrayError.noValues(operation: "read values") }
        guard T.dtype == dtype else {
            throw ArrayError.dtype(
                operation: "read values", expected: T.dtype.shortName, got: dtype.shortName)
        }
        let base = pointer(as: T.self)
        let total = count
        if isContiguous { return Array(UnsafeBufferPointer(start: base, count: total)) }
        return [T](unsafeUninitializedCapacity: total) { buffer, initialised in
            var written = 0
            forEachOffset { position in
                buffer.initializeElement(at: written, to: base[position])
                written += 1
            }
            initialised = written
        }
    }

    /// Calls `body` with the offset (in elements, from the first) of each element in row-major order.
    public func forEachOffset(_ body: (Int) -> Void) {
        if count == 0 { return }
        if rank == 0 { return body(0) }
        var index = [Int](repeating: 0, count: rank)
        let inner = rank - 1
        var position = 0
        while true {
            for step in 0..<shape[inner] { body(position + step * strides[inner]) }
            var axis = inner - 1
            while axis >= 0 {
                index[axis] += 1
                position += strides[axis]
                if index[axis] < shape[axis] { break }
                position -= index[axis] * strides[axis]
                index[axis] = 0
                axis -= 1
            }
            if axis < 0 { return }
        }
    }
}
