import HireFuzzing
import Testing

/// A PyTorch file that must be refused, and what the refusal must say.
struct HostileCheckpoint: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    let parts: [String]

    var testDescription: String { name }

    private init(_ name: String, _ bytes: [UInt8], _ parts: String...) {
        self.name = name
        self.bytes = bytes
        self.parts = parts
    }

    private static func tensor(
        count: Int = 2, offset: Int = 0, _ shape: [Int], _ strides: [Int], key: String = "0",
        storageClass: String = "FloatStorage", data: [UInt8]? = [0, 0, 128, 63, 0, 0, 0, 64]
    ) -> [UInt8] {
        PickleBuilder.file(
            PickleBuilder.item {
                $0.tensor(
                    count: count, offset: offset, shape: shape, strides: strides, key: key,
                    storageClass: storageClass)
            }, data: data)
    }

    private static func pickle(_ body: (inout PickleBuilder) -> Void) -> [UInt8] {
        PickleBuilder.file(PickleBuilder.item(body))
    }

    private static func raw(_ bytes: [UInt8]) -> [UInt8] { PickleBuilder.file([0x80, 2] + bytes) }

    private static func zip(_ change: (inout ZipBuilder) -> Void) -> [UInt8] {
        var builder = PickleBuilder.zip(PickleBuilder.good)
        change(&builder)
        return builder.bytes
    }

    private static func ascii(_ character: Character) -> [UInt8] { Array(String(character).utf8) }

    // MARK: Pickles

    static let pickles: [HostileCheckpoint] = [
        .init(
            "os.system",
            pickle {
                $0.global("os", "system")
                $0.text("touch /tmp/owned")
                $0.raw([0x85])
                $0.op("R")
            }, "'os.system'", "nothing was run", "torch.save(model.state_dict(), path)"),
        .init(
            "builtins.eval through STACK_GLOBAL",
            pickle {
                $0.text("builtins")
                $0.text("eval")
                $0.raw([0x93])
            }, "'builtins.eval'"),
        .init("an unknown class of torch", pickle { $0.global("torch", "load") }, "'torch.load'"),
        .init(
            "REDUCE on a string",
            pickle {
                $0.text("x")
                $0.op(")")
                $0.op("R")
            }, "calls a string"),
        .init(
            "REDUCE on a storage class",
            pickle {
                $0.global("torch", "FloatStorage")
                $0.op(")")
                $0.op("R")
            }, "torch.FloatStorage with arguments"),
        .init(
            "OrderedDict with arguments",
            pickle {
                $0.global("collections", "OrderedDict")
                $0.tuple([1])
                $0.op("R")
            }, "collections.OrderedDict with arguments"),
        .init("NEWOBJ", pickle { $0.raw([0x81]) }, "NEWOBJ (0x81)", "nothing was run"),
        .init("INST", pickle { $0.raw(ascii("i")) }, "INST"),
        .init(
            "BUILD on a tensor",
            pickle {
                $0.tensor(count: 2, shape: [2], strides: [1])
                $0.op("}")
                $0.op("b")
            }, "sets the state"),
        .init("protocol 1", PickleBuilder.file([0x80, 1, 0x2E]), "of an unknown kind"),
        .init("empty pickle", PickleBuilder.file([]), "cut off"),
        .init("stack underflow", raw([0x87]), "more from its stack"),
        .init("no mark", raw(ascii("t")), "lacks a mark"),
        .init("recalls nothing", raw(ascii("h") + [7]), "did not store"),
        .init("text past the end", raw(ascii("X") + [255, 255, 255, 255, 65]), "cut off"),
        .init("text not UTF-8", raw(ascii("X") + [1, 0, 0, 0, 255]), "UTF-8"),
        .init("long of 255 bytes", raw([0x8A, 255]), "cut off"),
        .init("long of 9 bytes", raw([0x8A, 9] + [UInt8](repeating: 1, count: 9)), "64 bits"),
        .init("global without end", raw(ascii("c") + [UInt8](repeating: 65, count: 400)), "end"),
        .init("two values", raw(ascii("N") + ascii("N") + ascii(".")), "does not end"),
        .init("bytes after the end", raw(ascii("}") + ascii(".") + [0]), "does not end"),
        .init("no dictionary", raw(ascii("N") + ascii(".")), "expected a dictionary", "got None"),
        .init(
            "stack bomb", raw([UInt8](repeating: UInt8(ascii: "N"), count: 200_000)),
            "stack grows too high"),
        .init(
            "memo bomb", raw(ascii("N") + [UInt8](repeating: 0x94, count: 400_000)),
            "more parts than weights"),
        .init(
            "tuple nested 300,000 deep",
            raw([UInt8(ascii: ")")] + [UInt8](repeating: 0x85, count: 300_000)),
            "more parts than weights"),
        .init("lists that double 40 times", PickleBuilder.file(doubling), "without end"),
        .init("a dictionary that holds itself", PickleBuilder.file(recursive), "without end"),
        .init(
            "a key that is a dictionary",
            raw(ascii("}") + ascii("}") + ascii("N") + ascii("s") + ascii(".")), "key"),
    ]

    private static var doubling: [UInt8] {
        var pickle = PickleBuilder()
        pickle.op("}")
        pickle.text("w")
        pickle.op("]")
        pickle.raw(ascii("q") + [0])
        for level in 1...40 {
            pickle.op("]")
            pickle.raw(ascii("q") + [UInt8(level)])
            for _ in 0..<2 { pickle.raw(ascii("h") + [UInt8(level - 1)] + ascii("a")) }
        }
        // Forty lists lie on the stack; only the last is wanted.
        pickle.op("t")
        var whole = PickleBuilder()
        whole.op("}")
        whole.text("w")
        whole.op("(")
        whole.raw(Array(pickle.bytes.dropFirst(2 + 1 + 6)))
        whole.op("s")
        whole.op(".")
        return whole.bytes
    }

    private static var recursive: [UInt8] {
        [0x80, 2] + ascii("}") + ascii("q") + [0] + ascii("K") + [1] + ascii("h") + [0]
            + ascii("s") + ascii(".")
    }

    // MARK: Tensors

    static let tensors: [HostileCheckpoint] = [
        .init("shape past the storage", tensor([3], [1]), "does not fit its storage", "the 2"),
        .init("strides past the storage", tensor([2], [2]), "does not fit its storage"),
        .init("offset past the storage", tensor(offset: 1, [2], [1]), "does not fit its storage"),
        .init("negative offset", tensor(offset: -1, [1], [1]), "does not fit its storage"),
        .init("negative stride", tensor([2], [-1]), "does not fit its storage"),
        .init("negative shape", tensor([-2], [1]), "does not fit its storage"),
        .init("shape and strides differ", tensor([2], [1, 1]), "does not fit its storage"),
        .init("shape overflows", tensor([.max, .max], [0, 0]), "does not fit its storage"),
        .init("stride overflows", tensor([3], [.max]), "does not fit its storage"),
        .init("expanded to terabytes", tensor([1 << 40], [0]), "does not fit its storage"),
        .init("storage missing", tensor([2], [1], key: "7"), "'7' is missing"),
        .init("storage leads out", tensor([2], [1], key: "../data.pkl"), "is missing"),
        .init("data entry missing", tensor([2], [1], data: nil), "'0' is missing"),
        .init("storage too short", tensor(count: 3, [2], [1]), "does not fit", "got 8 bytes"),
        .init("storage negative", tensor(count: -1, [0], [1]), "in an unknown way"),
        .init("storage overflows", tensor(count: .max, [2], [1]), "does not fit"),
        .init(
            "complex numbers", tensor([1], [1], storageClass: "ComplexFloatStorage"),
            "'torch.ComplexFloatStorage'"),
    ]

    // MARK: Zip files

    static let archives: [HostileCheckpoint] = [
        .init("compressed", zip { $0.entries[1].method = 8 }, "'a/data/0' is compressed"),
        .init("encrypted", zip { $0.entries[1].flags = 1 }, "encrypted"),
        .init("stands twice", zip { $0.entries.append($0.entries[1]) }, "stands twice"),
        .init("overlap", zip { $0.entries.append(overlapping($0)) }, "disagree on the name"),
        .init(
            "one entry under two names of one place", zip { $0.entries[1].header = 0 }, "disagree"),
        .init("leads out", zip { $0.entries[1].name = "a/../b" }, "leads out", "a/../b"),
        .init("absolute", zip { $0.entries[1].name = "/etc/passwd" }, "leads out"),
        .init("backslash", zip { $0.entries[1].name = "a\\b" }, "leads out"),
        .init("outside the folder", zip { $0.entries[1].name = "b/data/0" }, "outside the archive"),
        .init("local name differs", zip { $0.entries[1].localName = "a/data/1" }, "the name"),
        .init("local size differs", zip { $0.entries[1].localSize = 7 }, "size or checksum"),
        .init("size past the end", zip { $0.entries[1].size = 99_999 }, "runs past the end"),
        .init("header past the end", zip { $0.entries[1].header = 99_999 }, "outside the zip"),
        .init("huge count", zip { $0.countInEnd = 60_000 }, "too short", "60000 entries"),
        .init("count too small", zip { $0.countInEnd = 1 }, "holds more than its 1"),
        .init("directory elsewhere", zip { $0.directoryStart = 5 }, "does not end where"),
        .init("a comment", zip { $0.comment = [65] }, "end record"),
        .init("bytes after the end", zip { $0.trailing = [0, 0] }, "end record"),
        .init("pickle checksum", zip { $0.entries[0].checksum = 77 }, "checksum"),
        .init("no pickle", zip { $0.entries.removeFirst() }, "none of PyTorch's"),
        .init(
            "TorchScript", zip { $0.entries.append(.init(name: "a/constants.pkl", data: [])) },
            "TorchScript"),
        .init(
            "big-endian",
            zip { $0.entries.append(.init(name: "a/byteorder", data: Array("big".utf8))) },
            "byte order", "'big'"),
        .init("empty", [], "an empty file"),
        .init("text", Array("hello".utf8), "no PyTorch file", "68 65 6c 6c"),
        .init(
            "tar", [UInt8](repeating: 0, count: 257) + Array("ustar".utf8), "a tar as PyTorch"),
        .init("bare pickle", [0x80, 2, 0x8A, 10], "a bare pickle as PyTorch", "torch.load(path)"),
    ]

    private static func overlapping(_ builder: ZipBuilder) -> ZipBuilder.Entry {
        .init(name: "a/data/1", data: [], header: 0)
    }

    static var all: [HostileCheckpoint] { pickles + tensors + archives }
}
