import HireArray

/// How one argument of an example is made; numbers are random but the same every time.
public indirect enum OpInput: Sendable {
    /// Uniform numbers between two bounds.
    case uniform(Shape, low: Double = -2, high: Double = 2)
    /// Numbers as given.
    case values([Double], Shape)
    /// Zero-based positions below a bound.
    case indices(Shape, below: Int)
    /// Positions as given.
    case positions([Int], Shape)
    /// Bools as given.
    case bools([Bool], Shape)
    /// Random bools.
    case flags(Shape)
    /// A tensor seen through a permutation of its axes, so that its memory is not in order.
    case permuted(OpInput, [Int])
    /// Several tensors.
    case list([OpInput])
    case integer(Int)
    case integers([Int])
    case number(Double)
    case flag(Bool)
    case choice(String)
}
