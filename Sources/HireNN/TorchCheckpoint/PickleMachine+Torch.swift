import HireArray
import HireFiles

extension PickleMachine {
    /// What refusals advise.
    private static var advice: String {
        "a state dict of plain tensors, as torch.save(model.state_dict(), path) writes it"
    }

    /// Pushes a global of the allow-list.
    mutating func pushGlobal(module: String, name: String) throws {
        guard let global = TorchGlobal(module: module, name: name) else {
            throw bad(
                "the pickle names '\(shown(module)).\(shown(name))', which weights do not need; nothing was run",
                expected: Self.advice)
        }
        stack.append(.global(global))
    }

    /// `BINPERSID`: ("storage", class, key, location, number of elements).
    mutating func pushStorage() throws {
        let identifier = try popLast(1)[0]
        guard let parts = heap.tuple(identifier), parts.count == 5,
            heap.text(parts[0]) == "storage", case .global(.storage(let element)) = parts[1],
            let key = heap.text(parts[2]), heap.text(parts[3]) != nil,
            let count = parts[4].integerValue, count >= 0
        else { throw bad("the pickle refers to a storage in an unknown way") }
        guard let range = findStorage(key) else {
            throw bad("the storage '\(shown(key))' is missing from the file")
        }
        let (byteCount, overflow) = count.multipliedReportingOverflow(by: element.byteSize)
        guard !overflow, byteCount == range.count else {
            throw bad(
                "the size of the storage '\(shown(key))' does not fit",
                expected: "\(count) elements of \(element.byteSize) bytes",
                got: "\(range.count) bytes")
        }
        try spend(4)
        stack.append(heap.add(TorchTensor.Storage(element: element, range: range)))
    }

    /// `REDUCE`: gives the few globals their fixed meaning; nothing is called.
    mutating func reduce() throws {
        let operands = try popLast(2)
        guard case .global(let global) = operands[0], let arguments = heap.tuple(operands[1]) else {
            throw bad("the pickle calls \(operands[0].kindName)", expected: Self.advice)
        }
        switch global {
        case .orderedDictionary:
            guard arguments.isEmpty else { throw misuse("collections.OrderedDict") }
            try pushDictionary()
        case .rebuildTensor: try pushTensor(arguments)
        case .rebuildParameter:
            guard arguments.count == 3, case .tensor = arguments[0], case .bool = arguments[1],
                heap.isEmptyDictionary(arguments[2])
            else { throw misuse("torch._utils._rebuild_parameter") }
            stack.append(arguments[0])
        case .size:
            guard arguments.count == 1, heap.integers(arguments[0]) != nil else {
                throw misuse("torch.Size")
            }
            stack.append(arguments[0])
        case .storage(let element): throw misuse("torch.\(element.storageClass)")
        }
    }

    /// (storage, offset, size, stride, requires_grad, backward_hooks [, metadata]).
    private mutating func pushTensor(_ arguments: [PickleValue]) throws {
        guard (6...7).contains(arguments.count), case .storage(let index) = arguments[0],
            let offset = arguments[1].integerValue, let shape = heap.integers(arguments[2]),
            let strides = heap.integers(arguments[3]), case .bool = arguments[4],
            heap.isEmptyDictionary(arguments[5]), arguments.count == 6 || isNothing(arguments[6])
        else { throw misuse("torch._utils._rebuild_tensor_v2") }
        let storage = heap.storages[index]
        guard
            let tensor = TorchTensor(storage, offset: offset, shape: shape, strides: strides)
        else {
            throw bad(
                "a tensor of shape \(shape), strides \(strides) and offset \(offset) does not fit its storage",
                expected: "elements among the \(storage.count) there are")
        }
        try spend(4 + shape.count)
        stack.append(heap.add(tensor))
    }

    private func isNothing(_ value: PickleValue) -> Bool {
        if case .none = value { return true }
        return heap.isEmptyDictionary(value)
    }

    private func misuse(_ name: String) -> FileError {
        bad("the pickle calls \(name) with arguments that it does not take", expected: Self.advice)
    }

    /// An operation that is not on the list, by its name in Python's pickletools.
    func refusal(of operation: UInt8) -> FileError {
        let names: [UInt8: String] = [
            UInt8(ascii: "i"): "INST", UInt8(ascii: "o"): "OBJ", 0x81: "NEWOBJ", 0x92: "NEWOBJ_EX",
            0x82: "EXT1", 0x83: "EXT2", 0x84: "EXT4", UInt8(ascii: "P"): "PERSID",
            UInt8(ascii: "B"): "BINBYTES", UInt8(ascii: "C"): "SHORT_BINBYTES",
            0x8E: "BINBYTES8", 0x8D: "BINUNICODE8", 0x8F: "EMPTY_SET", 0x90: "ADDITEMS",
            0x91: "FROZENSET", 0x8B: "LONG4", UInt8(ascii: "T"): "BINSTRING",
            UInt8(ascii: "U"): "SHORT_BINSTRING", UInt8(ascii: "S"): "STRING",
            UInt8(ascii: "V"): "UNICODE", UInt8(ascii: "I"): "INT", UInt8(ascii: "L"): "LONG",
            UInt8(ascii: "F"): "FLOAT", UInt8(ascii: "d"): "DICT", UInt8(ascii: "l"): "LIST",
            UInt8(ascii: "0"): "POP", UInt8(ascii: "1"): "POP_MARK", UInt8(ascii: "2"): "DUP",
            UInt8(ascii: "p"): "PUT", UInt8(ascii: "g"): "GET", 0x80: "PROTO",
        ]
        let code = "0x" + String(operation, radix: 16, uppercase: true)
        return bad(
            "the pickle uses the operation \(names[operation] ?? "unknown") (\(code)), which weights do not need; "
                + "nothing was run", expected: Self.advice)
    }

    private func shown(_ name: String) -> String {
        name.count > 100 ? name.prefix(100) + "…" : name
    }
}
