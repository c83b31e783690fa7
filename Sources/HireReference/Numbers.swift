import HireArray

/// The elements of an array of any dtype as Doubles in row-major order: what every kernel here works on.
///
/// Reading follows strides; writing rounds to the dtype of the array written to.
struct Numbers {
    /// Extents, outermost first.
    var shape: Shape
    /// The elements in row-major order.
    var values: [Double]

    /// Zeros.
    init(zeros shape: Shape) {
        self.shape = shape
        self.values = [Double](repeating: 0, count: shape.elementCount)
    }

    /// The elements of an array.
    init(_ array: NDArray) {
        self.init(array, as: array.shape)
    }

    /// The elements of an array under another shape with as many elements.
    init(_ array: NDArray, as shape: Shape) {
        precondition(
            shape.elementCount == array.count, "Another shape must keep the number of elements.")
        self.shape = shape
        self.values = []
        values.reserveCapacity(array.count)
        switch array.dtype {
        case .float32: read(array, Float.self) { Double($0) }
        case .float64: read(array, Double.self) { $0 }
        case .float16: read(array, Float16.self) { Double($0) }
        case .bfloat16: read(array, BFloat16.self) { Double($0.floatValue) }
        case .int32: read(array, Int32.self) { Double($0) }
        case .int64: read(array, Int64.self) { Double($0) }
        case .uint8: read(array, UInt8.self) { Double($0) }
        case .bool: read(array, Bool.self) { $0 ? 1 : 0 }
        }
    }

    /// Stores the elements in an array with as many elements.
    ///
    /// Integers are truncated towards zero and clamped to their range (NaN gives 0); anything but 0 is true.
    func write(to out: NDArray) {
        precondition(
            out.count == values.count, "An output must have as many elements as the result.")
        switch out.dtype {
        case .float32: store(out) { Float($0) }
        case .float64: store(out) { $0 }
        case .float16: store(out) { Float16($0) }
        case .bfloat16: store(out) { BFloat16(Float($0)) }
        case .int32: store(out) { Self.truncated($0) as Int32 }
        case .int64: store(out) { Self.truncated($0) as Int64 }
        case .uint8: store(out) { Self.truncated($0) as UInt8 }
        case .bool: store(out) { $0 != 0 }
        }
    }

    private mutating func read<T: Element>(
        _ array: NDArray, _ type: T.Type, _ convert: (T) -> Double
    ) {
        let base = array.pointer(as: type)
        array.forEachOffset { values.append(convert(base[$0])) }
    }

    private func store<T: Element>(_ out: NDArray, _ convert: (Double) -> T) {
        let base = out.pointer(as: T.self)
        var next = 0
        out.forEachOffset { position in
            base[position] = convert(values[next])
            next += 1
        }
    }

    private static func truncated<T: FixedWidthInteger>(_ value: Double) -> T {
        if value.isNaN { return 0 }
        if value <= Double(T.min) { return T.min }
        if value >= Double(T.max) { return T.max }
        return T(value)
    }

    // MARK: Elements by index

    subscript(_ i: Int) -> Double {
        get { values[i] }
        set { values[i] = newValue }
    }

    subscript(_ i: Int, _ j: Int) -> Double {
        get { values[i * shape[1] + j] }
        set { values[i * shape[1] + j] = newValue }
    }

    subscript(_ i: Int, _ j: Int, _ k: Int) -> Double {
        get { values[(i * shape[1] + j) * shape[2] + k] }
        set { values[(i * shape[1] + j) * shape[2] + k] = newValue }
    }

    subscript(_ i: Int, _ j: Int, _ k: Int, _ l: Int) -> Double {
        get { values[((i * shape[1] + j) * shape[2] + k) * shape[3] + l] }
        set { values[((i * shape[1] + j) * shape[2] + k) * shape[3] + l] = newValue }
    }
}

extension Shape {
    /// The shape as [all axes but the last, the last].
    var rows: Shape { [dropLast().reduce(1, *), last ?? 1] }

    /// The shape as [all axes but the last two, rows, columns].
    var planes: Shape { [dropLast(2).reduce(1, *), self[count - 2], self[count - 1]] }

    /// The shape as [axes before, axis, axes behind].
    func around(_ axis: Int) -> Shape {
        [self[..<axis].reduce(1, *), self[axis], self[(axis + 1)...].reduce(1, *)]
    }
}
