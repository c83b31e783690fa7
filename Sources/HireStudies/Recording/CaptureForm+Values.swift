import HireArray
import HireFiles
import HireTensor

extension CaptureForm {
    /// The stored arrays of a tensor, in the order of `outputs`; batch first.
    ///
    /// Memory that the tensor shares with something larger is not kept. Nothing of this is counted as work of the model.
    ///
    /// - Returns: the arrays, and how many finite numbers became infinite in a narrower dtype.
    public func values(of tensor: Tensor) throws -> (arrays: [NDArray], overflows: Int) {
        let context = tensor.context
        let observer = context.observer
        context.observer = nil
        defer { context.observer = observer }
        return try context.withoutGradients {
            let kept = try selected(tensor.array, context.backend)
            let reduced = try reduced(Tensor(kept, in: context))
            var overflows = 0
            let arrays = try zip(reduced, outputs).map { array, output in
                let stored = try owned(array, output.dtype, context.backend)
                if output.dtype == .float16, array.dtype != .float16 {
                    overflows += CaptureForm.overflows(from: array, to: stored)
                }
                return stored
            }
            return (arrays, overflows)
        }
    }

    /// Rows of features of a tensor, to which a basis can be fitted.
    func features(of tensor: Tensor) throws -> (rows: [Float], width: Int) {
        let kept = try selected(tensor.array, tensor.context.backend)
        guard let axis = featureAxis else { return ([], 0) }
        return (try kept.movedLast(axis).floats(), kept.shape[axis])
    }

    private func selected(_ array: NDArray, _ backend: any Backend) throws -> NDArray {
        var array = array
        for (axis, selection) in selections.enumerated() {
            if case .range(let range) = selection {
                array = array.sliced(axis: axis, start: range.lowerBound, length: range.count)
            }
        }
        for (axis, selection) in selections.enumerated() {
            guard case .list(let places) = selection else { continue }
            var shape = array.shape
            shape[axis] = places.count
            let gathered = try backend.allocate(shape, array.dtype)
            for (place, position) in places.enumerated() {
                backend.copy(
                    array.sliced(axis: axis, start: position, length: 1),
                    into: gathered.sliced(axis: axis, start: place, length: 1))
            }
            array = gathered
        }
        return array
    }

    private func reduced(_ tensor: Tensor) throws -> [NDArray] {
        switch options.reduction {
        case nil: return [tensor.array]
        case .mean: return [try tensor.mean(dims: meanAxes).array]
        case .topK(let count): return try ranked(tensor, count)
        case .principalComponents(let count, _, _): return [try projected(tensor, count)]
        }
    }

    private func ranked(_ tensor: Tensor, _ count: Int) throws -> [NDArray] {
        guard let axis = featureAxis else { return [] }
        let width = tensor.shape[axis]
        guard count <= width else {
            throw CaptureError(hook, "top_k must be from 1 to \(width), got \(count).")
        }
        let positions = selections[axis].positions(shape[axis])
        let rows = try tensor.array.movedLast(axis).floats()
        var (values, indices): ([Float], [Int32]) = ([], [])
        for start in stride(from: 0, to: rows.count, by: max(width, 1)) {
            let row = rows[start..<(start + width)]
            // The first of equal values comes first; NaN comes last.
            let order = (0..<width).sorted { left, right in
                let (a, b) = (row[start + left], row[start + right])
                if a.isNaN || b.isNaN { return !a.isNaN || (b.isNaN && left < right) }
                return a > b || (a == b && left < right)
            }.prefix(count)
            values += order.map { row[start + $0] }
            indices += order.map { Int32(positions[$0]) }
        }
        var moved = tensor.shape
        moved.remove(at: axis)
        moved.append(count)
        let backend = tensor.context.backend
        return [
            try backend.array(values, moved).movedFromLast(to: axis),
            try backend.array(indices, moved).movedFromLast(to: axis),
        ]
    }

    private func projected(_ tensor: Tensor, _ count: Int) throws -> NDArray {
        guard let axis = featureAxis else { return tensor.array }
        let width = tensor.shape[axis]
        let rows = try tensor.array.movedLast(axis).floats()
        let basis = basis ?? PrincipalComponents(rows: rows, width: width, count: count)
        let directions = basis.directions.prefix(count).flatMap { $0.map(Float.init) }
        let context = tensor.context
        let centred =
            try context.tensor(rows, [rows.count / width, width])
            - context.tensor(basis.mean.map(Float.init), [width])
        let coordinates = try centred.matmul(
            context.tensor(directions, [count, width]).transpose(0, 1))
        var moved = tensor.shape
        moved.remove(at: axis)
        moved.append(count)
        return try coordinates.reshape(moved).array.movedFromLast(to: axis)
    }

    /// The array in memory of its own and of the wanted dtype.
    private func owned(_ array: NDArray, _ dtype: DType, _ backend: any Backend) throws -> NDArray {
        if array.dtype == dtype, array.isContiguous, array.storage.byteCount == array.byteCount {
            return array
        }
        let copy = try backend.allocate(array.shape, dtype)
        backend.copy(array, into: copy)
        return copy
    }

    /// Numbers that are finite in one array and infinite in the other.
    private static func overflows(from source: NDArray, to stored: NDArray) -> Int {
        guard stored.firstNotFinite() != nil, let wide = try? source.floats(),
            let narrow = try? stored.floats()
        else { return 0 }
        return zip(wide, narrow).count { $0.isFinite && $1.isInfinite }
    }
}

extension NDArray {
    /// With an axis moved behind all others.
    fileprivate func movedLast(_ axis: Int) -> NDArray {
        permuted((0..<rank).filter { $0 != axis } + [axis])
    }

    /// With the last axis moved to a place.
    fileprivate func movedFromLast(to axis: Int) -> NDArray {
        var order = Array(0..<(rank - 1))
        order.insert(rank - 1, at: axis)
        return permuted(order)
    }
}
