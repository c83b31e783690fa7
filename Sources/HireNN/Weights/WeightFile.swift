/// One file of weights, which may be one shard of several.
public protocol WeightFile: WeightSource {
    /// Where the file lies.
    var path: String { get }
    /// The bytes of all tensors, once per way in which writers of indexes count them.
    var byteTotals: [Int] { get }
}
