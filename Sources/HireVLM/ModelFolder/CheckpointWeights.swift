import HireArray
import HireFiles
import HireNN

/// Weights from one or several places under the paths of a pipeline.
///
/// A tensor that a later place has too replaces the earlier one (a projector trained on top of a base). Optionally every
/// tensor is searched for numbers that are not finite when it is read.
struct CheckpointWeights: WeightSource {
    private var places: [(source: any WeightSource, label: String)] = []
    private var origin: [String: (place: Int, name: String)] = [:]
    private(set) var names: [String] = []
    /// Stored names that no pipeline needs.
    private(set) var unneeded: [String] = []
    var checksFinite = false

    /// Adds a place.
    ///
    /// - Parameter canonicalName: the pipeline's path for a stored name; nil for one that no pipeline needs.
    /// - Throws: `FileError` if two stored names stand for one path.
    mutating func add(
        _ source: any WeightSource, _ label: String, _ canonicalName: (String) -> String?
    ) throws {
        let place = places.count
        places.append((source, label))
        for name in source.names {
            guard let path = canonicalName(name) else {
                unneeded.append(name)
                continue
            }
            if let other = origin[path] {
                guard other.place != place else {
                    throw FileError.badData(
                        label, "two tensors stand for '\(path)'",
                        got: "'\(other.name)' and '\(name)'")
                }
            } else {
                names.append(path)
            }
            origin[path] = (place, name)
        }
    }

    /// Leaves out names for which `isUnneeded` holds.
    mutating func drop(where isUnneeded: (String) -> Bool) {
        for path in names where isUnneeded(path) {
            if let stored = origin.removeValue(forKey: path) { unneeded.append(stored.name) }
        }
        names.removeAll { origin[$0] == nil }
    }

    func shape(of name: String) -> Shape? {
        origin[name].flatMap { places[$0.place].source.shape(of: $0.name) }
    }

    func dtype(of name: String) -> DType? {
        origin[name].flatMap { places[$0.place].source.dtype(of: $0.name) }
    }

    func tensor(_ name: String) throws -> NDArray {
        guard let stored = origin[name] else {
            throw FileError.badData(
                places.last?.label ?? "weights",
                NearestNames.sentence(kind: "tensor", name: name, among: names, shown: 8))
        }
        let array = try places[stored.place].source.tensor(stored.name)
        if checksFinite {
            try FiniteWeights.check(array, stored.name, places[stored.place].label)
        }
        return array
    }
}
