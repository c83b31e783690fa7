/// What the values of a pickle stand for, with a budget that grows with the pickle's size.
struct PickleHeap {
    private(set) var texts: [String] = []
    private(set) var sequences: [[PickleValue]] = []
    private(set) var dictionaries: [[(key: PickleValue, value: PickleValue)]] = []
    private(set) var storages: [TorchTensor.Storage] = []
    private(set) var tensors: [TorchTensor] = []
    private var budget: Int

    /// An empty heap.
    ///
    /// - Parameter byteCount: of the pickle. PyTorch spends about three and a half bytes on each part that it writes for a
    ///   small tensor, and more with longer names; a pickle that makes more than a part of two bytes is built to exhaust
    ///   memory.
    init(byteCount: Int) {
        budget = 100_000 + byteCount / 2
    }

    /// Takes parts from the budget; false if they are not there.
    mutating func spend(_ parts: Int) -> Bool {
        budget -= parts
        return budget >= 0
    }

    mutating func add(text: String) -> PickleValue {
        texts.append(text)
        return .text(texts.count - 1)
    }

    mutating func add(tuple elements: [PickleValue]) -> PickleValue {
        sequences.append(elements)
        return .tuple(sequences.count - 1)
    }

    mutating func addList() -> PickleValue {
        sequences.append([])
        return .list(sequences.count - 1)
    }

    mutating func addDictionary() -> PickleValue {
        dictionaries.append([])
        return .dictionary(dictionaries.count - 1)
    }

    mutating func add(_ storage: TorchTensor.Storage) -> PickleValue {
        storages.append(storage)
        return .storage(storages.count - 1)
    }

    mutating func add(_ tensor: TorchTensor) -> PickleValue {
        tensors.append(tensor)
        return .tensor(tensors.count - 1)
    }

    mutating func append(_ elements: some Sequence<PickleValue>, toList list: Int) {
        sequences[list].append(contentsOf: elements)
    }

    mutating func append(key: PickleValue, value: PickleValue, toDictionary dictionary: Int) {
        dictionaries[dictionary].append((key, value))
    }

    /// The text of a value, or nil.
    func text(_ value: PickleValue) -> String? {
        if case .text(let index) = value { return texts[index] }
        return nil
    }

    /// The elements of a tuple, or nil.
    func tuple(_ value: PickleValue) -> [PickleValue]? {
        if case .tuple(let index) = value { return sequences[index] }
        return nil
    }

    /// The whole numbers of a tuple, or nil.
    func integers(_ value: PickleValue) -> [Int]? {
        guard let elements = tuple(value) else { return nil }
        let numbers = elements.compactMap(\.integerValue)
        return numbers.count == elements.count ? numbers : nil
    }

    /// Whether a value is an empty dictionary.
    func isEmptyDictionary(_ value: PickleValue) -> Bool {
        if case .dictionary(let index) = value { return dictionaries[index].isEmpty }
        return false
    }
}
