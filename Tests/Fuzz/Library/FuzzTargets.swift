import HireFiles
import HireImaging
import HireNN
import HireReference
import HireStudies
import HireVLM

/// The parsers under test, one row each.
///
/// A new parser gets a row here and a folder of seeds under Tests/Fuzz/corpus, or goldens that serve as seeds.
package enum FuzzTargets {
    /// All rows.
    package static let all: [FuzzTarget] = formats + models + runs

    private static let formats: [FuzzTarget] = [
        FuzzTarget("json", tokens: jsonTokens) { bytes in
            let value = try JSONParser.parse(bytes, source: "fuzz", limits: limits)
            let text = try JSONWriter().string(value)
            if try JSONParser.parse(text, source: "fuzz") != value {
                throw FuzzFailure(problem: "a value that was written reads back as another")
            }
        },
        FuzzTarget(
            "safetensors", goldens: ["layers/*.safetensors", "checkpoints/*.safetensors"],
            tokens: safetensorsTokens, format: SafetensorsFormat()
        ) { bytes in
            let disk = MemoryFileSystem(["f": bytes])
            try readAll(SafetensorsFile.read("f", fileSystem: disk, backend: ReferenceBackend()))
            try requireClosed(disk)
        },
        FuzzTarget("sharded-index", tokens: jsonTokens + indexTokens) { bytes in
            let disk = MemoryFileSystem(shards.merging(["m/i": bytes]) { $1 })
            try readAll(
                ShardedSafetensors.read("m/i", fileSystem: disk, backend: ReferenceBackend()))
            try requireClosed(disk)
        },
        FuzzTarget("torch", goldens: ["checkpoints/*.bin"], tokens: zipTokens, run: readTorch),
        FuzzTarget(
            "torch-pickle", goldens: ["checkpoints/*.bin"], tokens: pickleTokens,
            format: ZipFormat(), run: readTorch),
        FuzzTarget(
            "png", goldens: ["images/*.png"], tokens: ["IHDR", "PLTE", "tRNS", "IDAT", "eXIf"],
            format: PNGFormat(), run: decodeImage),
        FuzzTarget(
            "jpeg", goldens: ["images/*.jpg"],
            tokens: ["Exif\0\0", "Adobe", "II*\0", "MM\0*"], run: decodeImage),
        FuzzTarget(
            "webp", goldens: ["images/*.webp"],
            tokens: ["VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF", "EXIF"],
            format: WebPFormat(), run: decodeImage),
        FuzzTarget("glob", tokens: ["**", "*", "[!", "{a,b}", ".", "?"], longest: 1024) { bytes in
            let parts = bytes.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
            let glob = try Glob(String(decoding: parts[0], as: UTF8.self))
            _ = glob.matches(String(decoding: parts.last ?? [], as: UTF8.self))
        },
        // Each line is a word of the command line.
        FuzzTarget("override", tokens: jsonTokens + overrideTokens, longest: 4096) { bytes in
            let words = bytes.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
            let overrides = try StudyOverride.parse(words)
            for override in overrides {
                let values = try override.values.map { try JSONWriter().string($0) }
                let again = "\(override.key)=\(values.joined(separator: ","))"
                if try StudyOverride(parsing: again).values != override.values {
                    throw FuzzFailure(problem: "values that were written read back as others")
                }
            }
            try StudyOverride.checkZip(overrides)
        },
        FuzzTarget("recipe", tokens: jsonTokens + ["encoder", "\"id\":", "small-vit"]) { bytes in
            let value = try JSONParser.parse(bytes, source: "fuzz", limits: limits)
            guard let object = value.objectValue else { return }
            let recipe = try Recipe(object)
            if try Recipe(recipe.json()) != recipe {
                throw FuzzFailure(problem: "a recipe that was written reads back as another")
            }
        },
        FuzzTarget("journal", tokens: jsonTokens + [",\"crc32\":\"", "\"}\n"]) { bytes in
            let disk = MemoryFileSystem(["journal/a.jsonl": bytes])
            let journal = try RunJournal("journal", fileSystem: disk)
            let copy = MemoryFileSystem()
            let writer = JournalWriter("journal", fileSystem: copy)
            for record in journal.records { try writer.append(record) }
            let again = try RunJournal("journal", fileSystem: copy).records
            guard again.map(\.result) == journal.records.map(\.result),
                again.map(\.state) == journal.records.map(\.state)
            else { throw FuzzFailure(problem: "a journal that was written reads back as another") }
            try requireClosed(disk)
        },
    ]

    static let limits = JSONLimits(byteCount: 1 << 20, values: 100_000)

    // MARK: What is run

    private static func readAll(_ source: some WeightSource) throws {
        for name in source.names { _ = try source.tensor(name) }
    }

    private static let readTorch: @Sendable ([UInt8]) throws -> Void = { bytes in
        let disk = MemoryFileSystem(["f": bytes])
        let file = try TorchCheckpoint.read("f", fileSystem: disk, backend: ReferenceBackend())
        for name in file.names where file.dtype(of: name) != nil {
            _ = try file.tensor(name).doubles()
        }
        try requireClosed(disk)
    }

    private static let decodeImage: @Sendable ([UInt8]) throws -> Void = { bytes in
        let decoder = ImageDecoder(
            limits: ImageLimits(pixels: 250_000), appliesOrientation: true, allowsTruncated: true)
        _ = try decoder.decode(bytes, source: "fuzz")
    }

    static func requireClosed(_ disk: MemoryFileSystem) throws {
        if disk.openFileCount != 0 { throw FuzzFailure(problem: "a file was left open") }
    }

    // MARK: Words

    static let jsonTokens = [
        "{", "}", "[", "]", "\"", ":", ",", "true", "null", "\\u0000", "\\ud800", "1e999",
        "{\"a\":",
    ]
    private static let safetensorsTokens =
        jsonTokens + [
            "\"dtype\"", "\"shape\"", "\"data_offsets\"", "__metadata__", "F32", "BF16", "BOOL",
            "F4",
            "I64", "[0,0]", "[4294967296,4294967296]",
        ]
    private static let overrideTokens = [
        "=", ".", "training.steps=", "variants=", "\n", "\\\"", "[!", "{a,b}", " ", "-", "1,2",
    ]
    private static let indexTokens = [
        "weight_map", "metadata", "total_size", "one", "two", "../one", "/etc/passwd", "w", "v",
    ]
    private static let zipTokens = [
        "PK\u{1}\u{2}", "PK\u{3}\u{4}", "PK\u{5}\u{6}", "PK\u{6}\u{6}", "PK\u{6}\u{7}",
        "PK\u{7}\u{8}", "data.pkl", "/../",
    ]
    private static let pickleTokens = [
        "ctorch._utils\n_rebuild_tensor_v2\n", "ccollections\nOrderedDict\n", "cos\nsystem\n",
        "ctorch\nFloatStorage\n", "ctorch\nBoolStorage\n", "ctorch\nSize\n", ")R", "(", "t", "Q",
        "}", "]", "s", "u", "b", "K\u{1}", "h\u{0}", "q\u{0}", ".", "X\u{1}\0\0\0a",
    ]

    /// Two small files that the index of the target `sharded-index` may name.
    private static let shards: [String: [UInt8]] = {
        func file(_ name: String) -> [UInt8] {
            let header =
                "{\"\(name)\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}"
            return ZipBuilder.little(header.utf8.count, 8) + Array(header.utf8) + [0, 0, 128, 63]
        }
        return ["m/one": file("w"), "m/two": file("v")]
    }()
}

/// A promise of a parser that an input broke.
struct FuzzFailure: Error, CustomStringConvertible {
    let problem: String
    var description: String { problem }
}
