import HireFiles

/// Runs the few operations of a pickle that weights need, and none that could call anything.
///
/// A pickle is a program. This machine knows the 35 operations that `torch.save` writes for a state dict (protocols 2 to
/// 4) and the names of `TorchGlobal`, builds values of `PickleValue`, and refuses everything else by name. Stack, memo and
/// the number of parts are bounded by the size of the pickle.
struct PickleMachine {
    let bytes: [UInt8]
    /// Where the pickle begins in the file, for messages.
    let fileOffset: Int
    let path: String
    /// The bytes of a storage in the file by its key, or nil if there is none.
    let findStorage: (String) -> Range<Int>?

    var position = 0
    var heap: PickleHeap
    var stack: [PickleValue] = []
    private var marks: [Int] = []
    private var memo: [UInt32: PickleValue] = [:]

    /// The most bytes of a pickle that are accepted.
    static let largestPickle = 64 << 20
    /// PyTorch adds to dictionaries and lists in pieces of a thousand, so stacks stay low.
    private static let deepestStack = 100_000

    init(
        _ bytes: [UInt8], fileOffset: Int, path: String,
        findStorage: @escaping (String) -> Range<Int>?
    ) {
        self.bytes = bytes
        self.fileOffset = fileOffset
        self.path = path
        self.findStorage = findStorage
        heap = PickleHeap(byteCount: bytes.count)
    }

    /// Runs to the end; returns the value that the pickle stands for.
    mutating func run() throws -> PickleValue {
        guard try takeByte() == 0x80, try (2...4).contains(takeByte()) else {
            position = 0
            throw bad("the pickle is of an unknown kind", expected: "protocol 2, 3 or 4")
        }
        while true {
            let operation = try takeByte()
            if operation == UInt8(ascii: ".") { return try stop() }
            try perform(operation)
            if stack.count > Self.deepestStack || marks.count > Self.deepestStack {
                throw bad("the pickle's stack grows too high", expected: "\(Self.deepestStack)")
            }
        }
    }

    private mutating func perform(_ operation: UInt8) throws {
        switch operation {
        case UInt8(ascii: "N"): stack.append(.none)
        case 0x88: stack.append(.bool(true))
        case 0x89: stack.append(.bool(false))
        case UInt8(ascii: "K"): stack.append(.integer(Int64(try takeInteger(1))))
        case UInt8(ascii: "M"): stack.append(.integer(Int64(try takeInteger(2))))
        case UInt8(ascii: "J"):
            let word = Int32(truncatingIfNeeded: try takeInteger(4))
            stack.append(.integer(Int64(word)))
        case 0x8A: try pushLong()
        case UInt8(ascii: "G"):
            let bits = try take(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            stack.append(.number(Double(bitPattern: bits)))
        case UInt8(ascii: "X"): try pushText(takeInteger(4))
        case 0x8C: try pushText(takeInteger(1))
        case UInt8(ascii: ")"): try pushTuple([])
        case 0x85: try pushTuple(popLast(1))
        case 0x86: try pushTuple(popLast(2))
        case 0x87: try pushTuple(popLast(3))
        case UInt8(ascii: "("): marks.append(stack.count)
        case UInt8(ascii: "t"): try pushTuple(popToMark())
        case UInt8(ascii: "]"):
            try spend(1)
            stack.append(heap.addList())
        case UInt8(ascii: "}"): try pushDictionary()
        case UInt8(ascii: "a"): try append(popLast(1))
        case UInt8(ascii: "e"): try append(popToMark())
        case UInt8(ascii: "s"): try setItems(popLast(2))
        case UInt8(ascii: "u"): try setItems(popToMark())
        case UInt8(ascii: "q"): try remember(UInt32(takeInteger(1)))
        case UInt8(ascii: "r"): try remember(UInt32(takeInteger(4)))
        case 0x94: try remember(UInt32(memo.count))
        case UInt8(ascii: "h"): try recall(UInt32(takeInteger(1)))
        case UInt8(ascii: "j"): try recall(UInt32(takeInteger(4)))
        case 0x95: try skipFrame()
        case UInt8(ascii: "c"): try pushGlobal(module: takeLine(), name: takeLine())
        case 0x93:
            let names = try popLast(2).map { heap.text($0) }
            guard let module = names[0], let name = names[1] else {
                throw bad("the pickle names a global by something else than strings")
            }
            try pushGlobal(module: module, name: name)
        case UInt8(ascii: "Q"): try pushStorage()
        case UInt8(ascii: "R"): try reduce()
        case UInt8(ascii: "b"): try build()
        default: throw refusal(of: operation)
        }
    }

    private mutating func stop() throws -> PickleValue {
        let value = try popLast(1)[0]
        guard stack.isEmpty, marks.isEmpty, position == bytes.count else {
            throw bad("the pickle does not end with its value")
        }
        return value
    }

    // MARK: Stack

    /// Removes and returns values above the last mark.
    mutating func popLast(_ count: Int) throws -> [PickleValue] {
        guard stack.count - (marks.last ?? 0) >= count else {
            throw bad("the pickle takes more from its stack than there is")
        }
        let values = Array(stack.suffix(count))
        stack.removeLast(count)
        return values
    }

    private mutating func popToMark() throws -> [PickleValue] {
        guard let mark = marks.popLast() else { throw bad("the pickle lacks a mark") }
        let values = Array(stack[mark...])
        stack.removeLast(stack.count - mark)
        return values
    }

    private func top() throws -> PickleValue {
        guard stack.count > marks.last ?? 0, let value = stack.last else {
            throw bad("the pickle takes more from its stack than there is")
        }
        return value
    }

    private mutating func pushTuple(_ elements: [PickleValue]) throws {
        try spend(1 + elements.count)
        stack.append(heap.add(tuple: elements))
    }

    mutating func pushDictionary() throws {
        try spend(1)
        stack.append(heap.addDictionary())
    }

    private mutating func append(_ elements: [PickleValue]) throws {
        guard case .list(let list) = try top() else {
            throw bad("the pickle appends to something else than a list")
        }
        try spend(elements.count)
        heap.append(elements, toList: list)
    }

    private mutating func setItems(_ items: [PickleValue]) throws {
        guard case .dictionary(let dictionary) = try top(), items.count % 2 == 0 else {
            throw bad("the pickle sets items of something else than a dictionary")
        }
        try spend(items.count)
        for index in stride(from: 0, to: items.count, by: 2) {
            heap.append(key: items[index], value: items[index + 1], toDictionary: dictionary)
        }
    }

    /// `BUILD` of an ordered dictionary only: PyTorch hangs `_metadata` on it, which holds versions and no numbers.
    private mutating func build() throws {
        let state = try popLast(1)[0]
        guard case .dictionary = state, case .dictionary = try top() else {
            throw bad(
                "the pickle sets the state of an object",
                expected: "only the _metadata of a state dict")
        }
    }

    private mutating func remember(_ index: UInt32) throws {
        try spend(1)
        memo[index] = try top()
    }

    private mutating func recall(_ index: UInt32) throws {
        guard let value = memo[index] else {
            throw bad("the pickle recalls a value that it did not store", got: "\(index)")
        }
        stack.append(value)
    }

    mutating func spend(_ parts: Int) throws {
        if !heap.spend(parts) {
            throw bad("the pickle makes more parts than weights of its size have")
        }
    }

    // MARK: Bytes

    private mutating func takeByte() throws -> UInt8 {
        let byte = try take(1)
        return byte[byte.startIndex]
    }

    private mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
        guard count <= bytes.count - position else { throw bad("the pickle is cut off") }
        position += count
        return bytes[(position - count)..<position]
    }

    private mutating func takeInteger(_ count: Int) throws -> Int {
        try take(count).reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    private mutating func pushLong() throws {
        let digits = try take(takeInteger(1))
        guard digits.count <= 8 else {
            throw bad("the pickle holds a number of more than 64 bits")
        }
        let negative = (digits.last ?? 0) & 0x80 != 0
        let value = digits.reversed().reduce(negative ? Int64(-1) : 0) { $0 << 8 | Int64($1) }
        stack.append(.integer(value))
    }

    private mutating func pushText(_ count: Int) throws {
        guard let text = String(validating: try take(count), as: UTF8.self) else {
            throw bad("a string of the pickle is not UTF-8")
        }
        try spend(1)
        stack.append(heap.add(text: text))
    }

    private mutating func takeLine() throws -> String {
        let rest = bytes[position...].prefix(256)
        guard let end = rest.firstIndex(of: 0x0A),
            let line = String(validating: bytes[position..<end], as: UTF8.self)
        else { throw bad("a name in the pickle does not end") }
        position = end + 1
        return line
    }

    private mutating func skipFrame() throws {
        let length = try take(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(bytes.count - position) else { throw bad("the pickle is cut off") }
    }

    // MARK: Errors

    func bad(_ problem: String, expected: String? = nil, got: String? = nil) -> FileError {
        .badData(path, at: fileOffset + position, problem, expected: expected, got: got)
    }
}
