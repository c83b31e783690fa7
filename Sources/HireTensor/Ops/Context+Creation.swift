import HireArray

/// New tensors; floating-point ones get the context's dtype. All are constants unless said otherwise.
extension Context {
    /// A tensor of the given numbers, row-major.
    ///
    /// - Throws: `ArrayError.shape` if the count does not fit the shape.
    public func tensor(_ values: [Float], _ shape: Shape) throws -> Tensor {
        if dtype == .float64 {
            return try tensor(values.map(Double.init), shape)
        }
        return try Tensor(backend.array(values, shape), in: self)
    }

    /// A tensor of the given numbers, row-major, in the context's dtype.
    public func tensor(_ values: [Double], _ shape: Shape) throws -> Tensor {
        if dtype == .float64 { return try Tensor(backend.array(values, shape), in: self) }
        return try Tensor(backend.array(values.map(Float.init), shape), in: self)
    }

    /// An int32 tensor of the given numbers, row-major.
    public func tensor(_ values: [Int32], _ shape: Shape) throws -> Tensor {
        try Tensor(backend.array(values, shape), in: self)
    }

    /// A bool tensor, row-major.
    public func tensor(_ values: [Bool], _ shape: Shape) throws -> Tensor {
        try Tensor(backend.array(values, shape), in: self)
    }

    /// A leaf that collects its gradient (PyTorch's `requires_grad=True`).
    public func variable(_ values: [Float], _ shape: Shape) throws -> Tensor {
        Tensor.variable(try tensor(values, shape).array, in: self)
    }

    /// Zeros (`torch.zeros`).
    public func zeros(_ shape: Shape, dtype: DType? = nil) throws -> Tensor {
        try filled(shape, 0, dtype: dtype, name: "zeros")
    }

    /// Ones (`torch.ones`).
    public func ones(_ shape: Shape, dtype: DType? = nil) throws -> Tensor {
        try filled(shape, 1, dtype: dtype, name: "ones")
    }

    /// One number everywhere (`torch.full`).
    public func full(_ shape: Shape, _ value: Double, dtype: DType? = nil) throws -> Tensor {
        try filled(shape, value, dtype: dtype, name: "full")
    }

    /// 0, 1, …, count - 1 as int32 (`torch.arange`).
    public func arange(_ count: Int) throws -> Tensor {
        try requireAtLeast(0, count, "arange", "count")
        guard count <= Int(Int32.max) else {
            throw ArrayError.argument(
                operation: "arange", name: "count", expected: "at most \(Int32.max)",
                got: "\(count)")
        }
        // What no memory holds is refused before a list of it is made.
        _ = try backend.allocate([count], .int32)
        return try tensor((0..<count).map { Int32($0) }, [count])
    }

    /// Uniform numbers in [low, high); element i depends on the source and i only.
    public func uniform(
        _ shape: Shape, low: Double = 0, high: Double = 1, from source: RandomSource
    ) throws -> Tensor {
        let out = try allocate("uniform", shape, dtype)
        backend.uniform(source, low: low, high: high, into: out)
        note("uniform", [], out)
        return Tensor(out, in: self)
    }

    /// Normal numbers; element i depends on the source and i only.
    public func normal(
        _ shape: Shape, mean: Double = 0, deviation: Double = 1, from source: RandomSource
    ) throws -> Tensor {
        let out = try allocate("normal", shape, dtype)
        backend.normal(source, mean: mean, deviation: deviation, into: out)
        note("normal", [], out)
        return Tensor(out, in: self)
    }

    private func filled(_ shape: Shape, _ value: Double, dtype: DType?, name: String) throws
        -> Tensor
    {
        let out = try allocate(name, shape, dtype ?? self.dtype)
        backend.fill(out, value)
        note(name, [], out)
        return Tensor(out, in: self)
    }

    private func allocate(_ operation: String, _ shape: Shape, _ dtype: DType) throws -> NDArray {
        for extent in shape { try requireAtLeast(0, extent, operation, "every extent") }
        return try backend.allocate(shape, dtype)
    }
}
