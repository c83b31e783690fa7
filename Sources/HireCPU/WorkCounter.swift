import Synchronization

/// Adds up the multiply-adds that a back-end's kernels make, where they make them.
///
/// Kernels add the bounds of the loops that form inner products: what a call of a matrix product multiplies, tile by tile;
/// the taps of a resampling; the taps of a window. So it knows nothing of what operations say they cost, and tests hold
/// the two against each other. Rows that are computed twice count twice. Lanes that only fill a vector, and zeros that lie
/// between rows so that a plane can be read as one run, do not count; zeros of a padding, which stand for input, do.
/// Elementwise arithmetic counts nothing, and neither do operators that only move and add numbers.
public final class WorkCounter: Sendable {
    private let sum = Atomic<Int>(0)

    /// A counter at zero.
    public init() {}

    /// Multiply-adds since the counter was made or last reset.
    public var multiplyAdds: Int { sum.load(ordering: .relaxed) }

    /// Starts again at zero.
    ///
    /// - Returns: what had been counted.
    @discardableResult
    public func reset() -> Int { sum.exchange(0, ordering: .relaxed) }

    func add(_ count: Int) { sum.add(count, ordering: .relaxed) }
}
