import HireFiles

/// Gives the tensors of a pickle their names: the keys that lead to them, joined by dots.
struct TorchNames {
    private(set) var names: [String] = []
    private(set) var tensors: [String: TorchTensor] = [:]
    /// Names of values that are no tensors, in order.
    private(set) var others: [String] = []
    private let heap: PickleHeap
    private let path: String
    private let offset: Int
    private var visits: Int

    private static let deepest = 16
    private static let longestName = 4096

    /// Names everything below a dictionary.
    ///
    /// - Throws: `FileError` if the value is no dictionary, two tensors get one name, or there is no end to it.
    init(_ root: PickleValue, _ machine: PickleMachine) throws {
        heap = machine.heap
        path = machine.path
        offset = machine.fileOffset
        visits = 100_000 + machine.bytes.count / 4
        guard case .dictionary = root else {
            throw FileError.badData(
                path, at: offset, "the file holds something else than a state dict",
                expected: "a dictionary of tensors", got: root.kindName)
        }
        try visit(root, "", depth: 0)
    }

    private mutating func visit(_ value: PickleValue, _ name: String, depth: Int) throws {
        visits -= 1
        guard depth <= Self.deepest, visits >= 0, name.utf8.count <= Self.longestName else {
            throw FileError.badData(
                path, at: offset, "the dictionaries of the pickle are nested without end",
                expected: "at most \(Self.deepest) within each other")
        }
        switch value {
        case .tensor(let index):
            if tensors.updateValue(heap.tensors[index], forKey: name) != nil {
                throw FileError.badData(path, at: offset, "the name '\(name)' stands twice")
            }
            names.append(name)
        case .dictionary(let index):
            for (key, value) in heap.dictionaries[index] {
                try visit(value, joined(name, key), depth: depth + 1)
            }
        case .list(let index), .tuple(let index):
            let elements = heap.sequences[index]
            // Shapes and other lists of plain values are one thing, not many.
            if !elements.contains(where: \.hasParts) { return others.append(name) }
            for (place, element) in elements.enumerated() {
                try visit(element, join(name, "\(place)"), depth: depth + 1)
            }
        default: others.append(name)
        }
    }

    private func joined(_ name: String, _ key: PickleValue) throws -> String {
        if let text = heap.text(key) { return join(name, text) }
        if let number = key.integerValue { return join(name, "\(number)") }
        throw FileError.badData(
            path, at: offset, "a key of the dictionary '\(name)' does not fit",
            expected: "a string or an integer", got: key.kindName)
    }

    private func join(_ name: String, _ key: String) -> String {
        name.isEmpty ? key : name + "." + key
    }
}

extension PickleValue {
    /// Whether tensors can lie below it, or it is one.
    fileprivate var hasParts: Bool {
        switch self {
        case .tensor, .dictionary, .list, .tuple: true
        default: false
        }
    }
}
