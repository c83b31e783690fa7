/// Writes the operations of a pickle.
package struct PickleBuilder {
    package var bytes: [UInt8] = [0x80, 2]

    package init() {}

    package mutating func raw(_ more: [UInt8]) { bytes += more }
    package mutating func op(_ character: Character) { bytes += Array(String(character).utf8) }
    package mutating func global(_ module: String, _ name: String) {
        bytes += Array("c\(module)\n\(name)\n".utf8)
    }
    package mutating func text(_ text: String) {
        bytes += [UInt8(ascii: "X")] + ZipBuilder.little(text.utf8.count, 4) + Array(text.utf8)
    }
    package mutating func integer(_ value: Int) {
        bytes += [0x8A, 8] + ZipBuilder.little(value, 8)
    }
    package mutating func tuple(_ values: [Int]) {
        op("(")
        for value in values { integer(value) }
        op("t")
    }
    package mutating func storage(
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
    package mutating func tensor(
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
    package static func item(_ body: (inout PickleBuilder) -> Void) -> [UInt8] {
        var pickle = PickleBuilder()
        pickle.op("}")
        pickle.text("w")
        body(&pickle)
        pickle.op("s")
        pickle.op(".")
        return pickle.bytes
    }

    /// A file of one storage of two float32 numbers.
    package static func file(_ pickle: [UInt8], data: [UInt8]? = [0, 0, 128, 63, 0, 0, 0, 64])
        -> [UInt8]
    {
        zip(pickle, data: data).bytes
    }

    package static func zip(
        _ pickle: [UInt8], data: [UInt8]? = [0, 0, 128, 63, 0, 0, 0, 64]
    ) -> ZipBuilder {
        var entries = [ZipBuilder.Entry(name: "a/data.pkl", data: pickle)]
        if let data { entries.append(.init(name: "a/data/0", data: data)) }
        return ZipBuilder(entries)
    }

    /// A whole, good file.
    package static var good: [UInt8] {
        item { $0.tensor(count: 2, shape: [2], strides: [1]) }
    }
}
