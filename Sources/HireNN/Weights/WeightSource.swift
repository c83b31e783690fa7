import HireArray

/// Named arrays that can be loaded into a module one at a time: a state dict, a safetensors file, a folder of shards.
public protocol WeightSource {
    /// All names, in the source's order.
    var names: [String] { get }
    /// The shape under a name, without reading the numbers; nil if there is no such name.
    func shape(of name: String) -> Shape?
    /// Reads the numbers under a name.
    ///
    /// - Throws: if there is no such name or it cannot be read.
    func read(_ name: String) throws -> NDArray
}
