import HireArray

/// Resizing, with PyTorch's exact semantics.
extension Tensor {
    /// `F.interpolate(size:, mode:, align_corners=False, antialias:)` of [..., H, W].
    ///
    /// Multiply-adds, per plane: columns first (taps x input rows), then rows (taps x output columns), or rows first
    /// where that is less (`AxisResampling.takesColumnsFirst`); none for `nearest`.
    ///
    /// - Parameters:
    ///   - size: rows and columns of the result; the same size, whatever the step, gives the tensor itself.
    ///   - antialias: widen the filter when shrinking (bilinear and bicubic only; bicubic then uses a = -0.5).
    ///   - step: bicubic only: input positions per output position, where they are not exactly those of the two
    ///     sizes. PyTorch's `scale_factor=s` is the step 1/s.
    public func interpolate(
        to size: SIMD2<Int>, mode: InterpolationMode = .nearest, antialias: Bool = false,
        step: Double? = nil
    ) throws -> Tensor {
        if let step {
            guard mode == .bicubic, step > 0, step <= 65536 else {
                throw ArrayError.argument(
                    operation: "interpolate", name: "step",
                    expected: "a number above 0 and up to 65536, for bicubic only",
                    got: "\(step) with \(mode)")
            }
        }
        guard !antialias || mode == .bilinear || mode == .bicubic else {
            throw ArrayError.argument(
                operation: "interpolate", name: "antialias",
                expected: "false unless the mode is bilinear or bicubic", got: "true with \(mode)")
        }
        return try resampled(
            "interpolate", form: mode.rawValue, to: size
        ) { from, to in
            switch (mode, antialias) {
            case (.nearest, _): .nearest(from: from, to: to)
            case (.area, _): .area(from: from, to: to)
            case (.bilinear, false): .bilinear(from: from, to: to)
            case (.bicubic, false): .bicubic(from: from, to: to, step: step)
            case (.bilinear, true):
                .antialiased(from: from, to: to, support: 1) { Swift.max(1 - Swift.abs($0), 0) }
            case (.bicubic, true):
                .antialiased(
                    from: from, to: to, support: 2, step: step, filter: AxisResampling.pillowCubic)
            }
        }
    }

    /// Applies a linear operator to the rows and one to the columns of [..., H, W]; nil leaves an axis as it is.
    ///
    /// With one operator per call the order of the sums is the caller's, which makes pieces of a map equal the map's
    /// pieces bit for bit.
    ///
    /// - Throws: `ArrayError.shape` unless the operators read H rows and W columns.
    public func resampled(
        rows: AxisResampling? = nil, columns: AxisResampling? = nil
    ) throws -> Tensor {
        let name = "resample"
        try requireNumbers(name)
        guard rank >= 2 else {
            throw ArrayError.shape(
                operation: name, expected: "at least 2 dimensions [..., H, W]", got: "\(shape)")
        }
        let vertical = rows ?? .identity(shape[rank - 2])
        let horizontal = columns ?? .identity(shape[rank - 1])
        guard vertical.inputLength == shape[rank - 2], horizontal.inputLength == shape[rank - 1]
        else {
            throw ArrayError.shape(
                operation: name,
                expected: "[..., \(vertical.inputLength), \(horizontal.inputLength)], which the "
                    + "operators read", got: "\(shape)")
        }
        return try resampled(
            name, form: "", rows: vertical, columns: horizontal)
    }

    /// Applies one linear operator per axis of the plane, made by `operators`.
    func resampled(
        _ name: String, form: String = "", to size: SIMD2<Int>,
        _ operators: (_ from: Int, _ to: Int) -> AxisResampling
    ) throws -> Tensor {
        try requireNumbers(name)
        guard rank >= 2, shape[rank - 2] > 0, shape[rank - 1] > 0 else {
            throw ArrayError.shape(
                operation: name, expected: "at least 2 dimensions [..., H, W], not empty",
                got: "\(shape)")
        }
        try requireAtLeast(1, Swift.min(size.x, size.y), name, "the size")
        let (height, width) = (shape[rank - 2], shape[rank - 1])
        if size == SIMD2(height, width) {
            // Nothing to compute, though others' cost counters see the op.
            context.note(name, [array], array, form: form)
            return self
        }
        // The operators of a size that no memory holds would not fit either.
        _ = try backend.allocate(Array(shape.dropLast(2)) + [size.x, size.y], dtype)
        try requireAtLeast(1, Swift.max(size.x, size.y), name, "the size")
        return try resampled(
            name, form: form, rows: operators(height, size.x),
            columns: operators(width, size.y))
    }

    private func resampled(
        _ name: String, form: String, rows: AxisResampling, columns: AxisResampling
    ) throws -> Tensor {
        let lead = Array(shape.dropLast(2))
        let out = try backend.allocate(lead + [rows.outputLength, columns.outputLength], dtype)
        backend.resample(array, rows: rows, columns: columns, into: out)
        context.note(
            name, [array], out, form: form,
            multiplyAdds: lead.elementCount
                * AxisResampling.multiplyAdds(rows: rows, columns: columns))
        return recorded(out) { gradient in
            [
                try gradient.resampled(
                    name, form: form, rows: rows.transposed, columns: columns.transposed
                )
            ]
        }
    }
}
