import HireArray

/// The common iteration space of one kernel's operands: axes merged where every operand allows it.
///
/// The last axis is walked by the kernel's inner loop; the others are counted like an odometer.
struct Layout {
    /// Extents, outermost first; at least one.
    private(set) var shape: [Int]
    /// Per operand, its stride on each axis of `shape`.
    private(set) var strides: [[Int]]

    /// Elements of the last axis.
    var inner: Int { shape[shape.count - 1] }
    /// Runs along the last axis.
    var rows: Int { shape.dropLast().reduce(1, *) }
    /// The number of elements in all.
    var count: Int { rows * inner }

    /// The merged layout of operands of one shape.
    init(_ operands: [NDArray]) {
        // Most operands are contiguous, and for small ones merging axes would cost more than the kernel.
        let count = operands[0].count
        if count > 0, operands.allSatisfy(\.isContiguous) {
            self.init(merged: [count], strides: Array(repeating: [1], count: operands.count))
            return
        }
        self.init(shape: operands[0].shape, strides: operands.map(\.strides))
    }

    private init(merged: [Int], strides: [[Int]]) {
        shape = merged
        self.strides = strides
    }

    /// The merged layout of a shape under several sets of strides.
    init(shape original: [Int], strides given: [[Int]]) {
        var merged: [Int] = []
        var lists = [[Int]](repeating: [], count: given.count)
        for axis in original.indices where original[axis] != 1 {
            let extent = original[axis]
            var fits = !merged.isEmpty
            if fits {
                for operand in given.indices
                where lists[operand][merged.count - 1] != given[operand][axis] * extent {
                    fits = false
                }
            }
            if fits {
                merged[merged.count - 1] *= extent
                for operand in given.indices {
                    lists[operand][merged.count - 1] = given[operand][axis]
                }
            } else {
                merged.append(extent)
                for operand in given.indices { lists[operand].append(given[operand][axis]) }
            }
        }
        if merged.isEmpty {
            merged = [1]
            for operand in given.indices { lists[operand] = [1] }
        }
        shape = merged
        strides = lists
    }

    /// The stride of an operand along the last axis.
    func innerStride(_ operand: Int) -> Int { strides[operand][shape.count - 1] }

    /// Calls `body(offsets, position, length)` for each piece of a run inside the flat range `elements`.
    ///
    /// `offsets` holds the element offset of each operand (at most four) at the first element of the piece;
    /// `position` is the flat row-major index of that element.
    @inline(__always)
    func forEachRun(
        in elements: Range<Int>,
        _ body: (_ offsets: SIMD4<Int>, _ position: Int, _ length: Int) -> Void
    ) {
        let last = shape.count - 1
        let innerCount = inner
        let innerStep = steps(last)
        var row = elements.lowerBound / innerCount
        var column = elements.lowerBound - row * innerCount
        var position = elements.lowerBound
        if last == 0 {
            if !elements.isEmpty { body(innerStep &* column, position, elements.count) }
            return
        }
        let rowStep = steps(last - 1)
        let rowCount = shape[last - 1]
        var sheet = row / rowCount
        row -= sheet * rowCount
        while position < elements.upperBound {
            var start = self.start(of: sheet) &+ rowStep &* row
            let rows = min(
                rowCount &- row,
                (elements.upperBound &- position &+ column &+ innerCount &- 1) / innerCount)
            for _ in 0..<rows {
                let length = min(innerCount &- column, elements.upperBound &- position)
                body(start &+ innerStep &* column, position, length)
                position &+= length
                column = 0
                start &+= rowStep
            }
            row = 0
            sheet &+= 1
        }
    }

    /// The offsets at which a sheet (all but the last two axes, counted flat) begins.
    private func start(of sheet: Int) -> SIMD4<Int> {
        var result = SIMD4<Int>.zero
        var rest = sheet
        for axis in stride(from: shape.count - 3, through: 0, by: -1) {
            let quotient = rest / shape[axis]
            result &+= steps(axis) &* (rest - quotient * shape[axis])
            rest = quotient
        }
        return result
    }

    /// The operands' strides on one axis.
    private func steps(_ axis: Int) -> SIMD4<Int> {
        var result = SIMD4<Int>.zero
        for operand in strides.indices { result[operand] = strides[operand][axis] }
        return result
    }
}
