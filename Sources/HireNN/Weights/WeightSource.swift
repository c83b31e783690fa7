import HireArray

/// Named arrays that can be loaded into a module one at a time: a state dict, a safetensors file, a folder of shards.
public protocol WeightSource {
    /// All names, in the source's order.
    var names: [String] { get }
    /// The shape under a name, without reading the numbers; nil if there is no such name.
    func shape(of name: String) -> Shape?
    /// The dtype under a name, without reading the numbers; nil if there is no such name, or for a type that cannot be read.
    func dtype(of name: String) -> DType?
    /// The array under a name, read when it is asked for.
    ///
    /// - Throws: if there is no such name or it cannot be read.
    func tensor(_ name: String) throws -> NDArray
}
