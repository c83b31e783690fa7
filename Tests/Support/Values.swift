import Foundation
import HireArray

/// Reproducible numbers, uniform in a range.
public func values(
    _ count: Int, seed: Int, in range: ClosedRange<Double> = -1...1
) -> [Double] {
    RandomSource(seed: UInt64(bitPattern: Int64(seed))).uniforms(count).map {
        range.lowerBound + (range.upperBound - range.lowerBound) * Double($0)
    }
}

/// The row-major values of an array as `a * sin(b * k)` for the flat index k.
public func sines(_ count: Int, _ amplitude: Double, _ step: Double) -> [Double] {
    (0..<count).map { amplitude * sin(step * Double($0)) }
}

extension Backend {
    /// A reproducible array of any dtype, uniform in a range (integers are truncated towards zero).
    public func random(
        _ shape: Shape, seed: Int, in range: ClosedRange<Double> = -1...1, _ dtype: DType = .float32
    ) throws -> NDArray {
        try array(values(shape.elementCount, seed: seed, in: range), shape, as: dtype)
    }

    /// An array of the given numbers, row-major, converted to a dtype (integers are truncated towards zero).
    public func array(_ values: [Double], _ shape: Shape, as dtype: DType) throws -> NDArray {
        switch dtype {
        case .float32: try array(values.map { Float($0) }, shape)
        case .float64: try array(values, shape)
        case .float16: try array(values.map { Float16($0) }, shape)
        case .bfloat16: try array(values.map { BFloat16(Float($0)) }, shape)
        case .int32: try array(values.map { Int32($0) }, shape)
        case .int64: try array(values.map { Int64($0) }, shape)
        case .uint8: try array(values.map { UInt8($0) }, shape)
        case .bool: try array(values.map { $0 != 0 }, shape)
        }
    }
}

extension Backend {
    /// An array that a kernel fills; NaN before, so that an element left out shows (where the dtype has NaN).
    public func filled(
        _ shape: Shape, _ dtype: DType = .float32, by kernel: (NDArray) throws -> Void
    ) throws -> NDArray {
        let out = try allocate(shape, dtype)
        fill(out, dtype.isFloatingPoint ? .nan : 1)
        try kernel(out)
        return out
    }
}
