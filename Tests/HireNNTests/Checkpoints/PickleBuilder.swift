import HireFiles

/// Makes zip files and pickles byte by byte, whole or broken.
struct ZipBuilder {
    struct Entry {
        var name: String
        var data: [UInt8]
        var method = 0
        var flags = 0
        /// What the local header says, where it lies.
        var localName: String?
        var localSize: Int?
        /// What the directory says, where it lies.
        var size: Int?
        var checksum: UInt32?
        var header: Int?
    }

    var entries: [Entry]
    var countInEnd: Int?
    var directoryStart: Int?
    var comment: [UInt8] = []
    var trailing: [UInt8] = []

    init(_ entries: [Entry]) { self.entries = entries }

    static func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    var bytes: [UInt8] {
        var out: [UInt8] = []
        var directory: [UInt8] = []
        for entry in entries {
            let sum = entry.checksum ?? CRC32.of(entry.data)
            let common = { (size: Int, name: String) -> [UInt8] in
                var part = Self.little(entry.flags, 2) + Self.little(entry.method, 2)
                part += Self.little(0, 4) + Self.little(Int(sum), 4)
                part += Self.little(size, 4) + Self.little(size, 4)
                return part + Self.little(name.utf8.count, 2) + Self.little(0, 2)
            }
            let start = out.count
            let localName = entry.localName ?? entry.name
            out += Self.little(0x0403_4B50, 4) + Self.little(0, 2)
            out += common(entry.localSize ?? entry.data.count, localName)
            out += Array(localName.utf8) + entry.data
            directory += Self.little(0x0201_4B50, 4) + Self.little(0, 4)
            directory += common(entry.size ?? entry.data.count, entry.name)
            directory += Self.little(0, 10) + Self.little(entry.header ?? start, 4)
            directory += Array(entry.name.utf8)
        }
        let start = directoryStart ?? out.count
        let count = countInEnd ?? entries.count
        out += directory + Self.little(0x0605_4B50, 4) + Self.little(0, 4)
        out += Self.little(count, 2) + Self.little(count, 2) + Self.little(directory.count, 4)
        return out + Self.little(start, 4) + Self.little(comment.count, 2) + comment + trailing
    }
}

/// Writes the operations of a pickle.
struct PickleBuilder {
    var bytes: [UInt8] = [0x80, 2]

    mutating func raw(_ more: [UInt8]) { bytes += more }
    mutating func op(_ character: Character) { bytes += Array(String(character).utf8) }
    mutating func global(_ module: String, _ name: String) {
        bytes += Array("c\(module)\n\(name)\n".utf8)
    }
    mutating func text(_ text: String) {
        bytes += [UInt8(ascii: "X")] + ZipBuilder.little(text.utf8.count, 4) + Array(text.utf8)
    }
    mutating func integer(_ value: Int) {
        bytes += [0x8A, 8] + ZipBuilder.little(value, 8)
    }
    mutating func tuple(_ values: [Int]) {
        op("(")
        for value in values { integer(value) }
        op("t")
    }
    mutating func storage(
        _ key: String = "0", count: Int, storageClass: String = "FloatStorage"
    ) {
        op("(")
        text("storage")
        global("torch", storageClass)
        text(key)
        text("cpu")
        integer(count)
        op("t")
        op("Q")
    }
    mutating func tensor(
        count: Int, offset: Int = 0, shape: [Int], strides: [Int], key: String = "0",
        storageClass: String = "FloatStorage"
    ) {
        global("torch._utils", "_rebuild_tensor_v2")
        op("(")
        storage(key, count: count, storageClass: storageClass)
        integer(offset)
        tuple(shape)
        tuple(strides)
        raw([0x89])
        global("collections", "OrderedDict")
        op(")")
        op("R")
        op("t")
        op("R")
    }

    /// A pickle of a dictionary with one item `w`.
    static func item(_ body: (inout PickleBuilder) -> Void) -> [UInt8] {
        var pickle = PickleBuilder()
        pickle.op("}")
        pickle.text("w")
        body(&pickle)
        pickle.op("s")
        pickle.op(".")
        return pickle.bytes
    }

    /// A file of one storage of two float32 numbers.
    static func file(_ pickle: [UInt8], data: [UInt8]? = [0, 0, 128, 63, 0, 0, 0, 64]) -> [UInt8] {
        zip(pickle, data: data).bytes
    }

    static func zip(
        _ pickle: [UInt8], data: [UInt8]? = [0, 0, 128, 63, 0, 0, 0, 64]
    ) -> ZipBuilder {
        var entries = [ZipBuilder.Entry(name: "a/data.pkl", data: pickle)]
        if let data { entries.append(.init(name: "a/data/0", data: data)) }
        return ZipBuilder(entries)
    }

    /// A whole, good file.
    static var good: [UInt8] {
        item { $0.tensor(count: 2, shape: [2], strides: [1]) }
    }
}
