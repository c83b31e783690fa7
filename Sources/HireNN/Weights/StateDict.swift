import HireArray
import HireFiles

/// Named arrays in order: the state of a model or an optimiser.
///
/// Arrays are values: what a state dict holds does not change when training goes on.
public struct StateDict: WeightSource, Sequence {
    /// The names in order.
    public private(set) var names: [String] = []
    private var arrays: [String: NDArray] = [:]

    /// An empty state.
    public init() {}

    /// The number of arrays.
    public var count: Int { names.count }

    /// Whether there are no arrays.
    public var isEmpty: Bool { names.isEmpty }

    /// The array under a name; setting nil removes it, setting a new name appends it.
    public subscript(name: String) -> NDArray? {
        get { arrays[name] }
        set {
            guard let newValue else {
                if arrays.removeValue(forKey: name) != nil { names.removeAll { $0 == name } }
                return
            }
            if arrays.updateValue(newValue, forKey: name) == nil { names.append(name) }
        }
    }

    /// The shape under a name.
    public func shape(of name: String) -> Shape? { arrays[name]?.shape }

    /// The dtype under a name.
    public func dtype(of name: String) -> DType? { arrays[name]?.dtype }

    /// The array under a name.
    ///
    /// - Throws: `ModuleError` with the nearest names.
    public func tensor(_ name: String) throws -> NDArray {
        guard let array = arrays[name] else {
            throw ModuleError(
                path: "", message: ModuleError.unknown("state", name, among: names))
        }
        return array
    }

    /// The arrays whose names begin with `prefix.`, without it.
    public func below(_ prefix: String) -> StateDict {
        var result = StateDict()
        for name in names where name.hasPrefix(prefix + ".") {
            result[String(name.dropFirst(prefix.count + 1))] = arrays[name]
        }
        return result
    }

    /// The same arrays with `prefix.` before each name.
    public func prefixed(_ prefix: String) -> StateDict {
        var result = StateDict()
        for name in names { result["\(prefix).\(name)"] = arrays[name] }
        return result
    }

    /// Takes over all arrays of another state; equal names are replaced.
    public mutating func merge(_ other: StateDict) {
        for (name, array) in other { self[name] = array }
    }

    /// Names and arrays in order.
    public func makeIterator() -> AnyIterator<(name: String, array: NDArray)> {
        var index = 0
        return AnyIterator {
            while index < names.count {
                let name = names[index]
                index += 1
                if let array = arrays[name] { return (name, array) }
            }
            return nil
        }
    }
}
