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
    /// `offsets` holds the element offset of each operand at the first element of the piece; `position` is the
    /// flat row-major index of that element.
    @inline(__always)
    func forEachRun(
        in elements: Range<Int>,
        _ body: (_ offsets: UnsafeMutablePointer<Int>, _ position: Int, _ length: Int) -> Void
    ) {
        let operands = strides.count
        let last = shape.count - 1
        let innerCount = inner
        withUnsafeTemporaryAllocation(of: Int.self, capacity: operands * 2 + last + 1) { memory in
            guard let offsets = memory.baseAddress else { return }
            let starts = offsets + operands
            let index = starts + operands
            var row = elements.lowerBound / innerCount
            var column = elements.lowerBound - row * innerCount
            for operand in 0..<operands { starts[operand] = 0 }
            for axis in stride(from: last - 1, through: 0, by: -1) {
                index[axis] = row % shape[axis]
                row /= shape[axis]
                for operand in 0..<operands {
                    starts[operand] += index[axis] * strides[operand][axis]
                }
            }
            var position = elements.lowerBound
            while position < elements.upperBound {
                let length = min(innerCount - column, elements.upperBound - position)
                for operand in 0..<operands {
                    offsets[operand] = starts[operand] + column * strides[operand][last]
                }
                body(offsets, position, length)
                position += length
                column = 0
                var axis = last - 1
                while axis >= 0 {
                    index[axis] += 1
                    for operand in 0..<operands { starts[operand] += strides[operand][axis] }
                    if index[axis] < shape[axis] { break }
                    for operand in 0..<operands {
                        starts[operand] -= index[axis] * strides[operand][axis]
                    }
                    index[axis] = 0
                    axis -= 1
                }
            }
        }
    }
}
