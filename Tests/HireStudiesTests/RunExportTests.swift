import Foundation
import HireArray
import HireFiles
import HireHDF5
import HireNN
import HireReference
import HireStudies
import HireTestSupport
import Testing

@Suite("Exporting and merging")
struct RunExportTests {
    private let disk = SystemFileSystem()
    private let golden = goldenPath("runs/capture")

    /// The bytes of NumPy's arrays behind their headers, and the headers' words.
    private func arrays(_ path: String) throws -> [String: (header: String, bytes: [UInt8])] {
        let zip = try StoredZip.read(path)
        let all = try disk.readAll(path)
        var found: [String: (header: String, bytes: [UInt8])] = [:]
        for entry in zip.entries {
            let bytes = Array(all[entry.range])
            let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0]
            #expect(Array(bytes.prefix(8)) == magic)
            #expect(CRC32.of(bytes) == entry.checksum)
            let count = Int(bytes[8]) | Int(bytes[9]) << 8
            #expect((10 + count) % 64 == 0)
            let header = String(decoding: bytes[10..<(10 + count)], as: UTF8.self)
            found[entry.name] = (
                header.trimmingCharacters(in: .whitespacesAndNewlines),
                Array(bytes[(10 + count)...])
            )
        }
        return found
    }

    @Test("npz holds what NumPy itself writes for the joined shards")
    func npz() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("out.npz")
        let contents = try RunFolder(golden).contents()
        let summary = try RunExport(RunSources(contents)).write(as: .npz, to: path)
        #expect(summary.files == [path] && summary.notes.isEmpty)
        let found = try arrays(path)
        let expected = try arrays(goldenPath("runs/expected.npz"))
        #expect(expected.count == 7)
        for (name, array) in expected {
            #expect(found[name]?.header == array.header, "\(name)")
            #expect(found[name]?.bytes == array.bytes, "\(name)")
        }
        // Equal contents, equal bytes.
        let again = folder.file("again.npz")
        _ = try RunExport(RunSources(contents)).write(as: .npz, to: again)
        #expect(try disk.readAll(path) == disk.readAll(again))
    }

    @Test("safetensors keeps bfloat16, npz widens it and says so; csv takes tables only")
    func formats() throws {
        let folder = try TemporaryFolder()
        let backend = ReferenceBackend()
        let shard = try HDF5Shard(name: "x")
        let wide = try backend.array((0..<6).map { Float($0) / 4 }, [2, 3])
        let narrow = try backend.array((0..<6).map { Double($0) / 4 }, [2, 3], as: .bfloat16)
        try shard.write(narrow, to: "/act/a/b")
        try shard.write(backend.array([Float](repeating: 1, count: 8), [2, 2, 2]), to: "/act/cube")
        try shard.write(["x,\"y\"", "z", "u\r\nv"], to: "/input/text")
        try shard.write(backend.array([Float](), [0, 4]), to: "/act/none")
        let file = folder.file("x.h5")
        try shard.write(to: file)
        let export = try RunExport(RunSources(file: file))
        let npz = try export.write(as: .npz, to: folder.file("x.npz"))
        #expect(npz.notes == ["NumPy has no bfloat16; float32 holds the same numbers: act/a/b."])
        let arrays = try arrays(folder.file("x.npz"))
        #expect(arrays["act/a/b.npy"]?.header.contains("'<f4'") == true)
        #expect(
            arrays["act/none.npy"]?.header.contains("(0, 4)") == true
                && arrays["act/none.npy"]?.bytes == [])
        let tensors = try export.write(
            as: .safetensors, only: ["a.*", "cube"], to: folder.file("x.safetensors"))
        #expect(tensors.datasets == ["act.a.b", "act.cube"])
        let read = try SafetensorsFile.read(folder.file("x.safetensors"), backend: backend)
        #expect(read.dtype(of: "act.a.b") == .bfloat16)
        #expect(
            try read.tensor("act.a.b").elements(BFloat16.self).map(\.floatValue)
                == wide.elements(Float.self))
        let csv = try export.write(as: .csv, to: folder.file("csv"))
        #expect(csv.notes.count == 1 && csv.notes[0].contains("/act/cube"))
        let text = { (name: String) in
            String(decoding: try disk.readAll(folder.file("csv/\(name).csv")), as: UTF8.self)
        }
        #expect(try text("act.a.b") == "b_0,b_1,b_2\n0.0,0.25,0.5\n0.75,1.0,1.25\n")
        #expect(try text("input.text") == "text\n\"x,\"\"y\"\"\"\nz\n\"u\r\nv\"\n")
        #expect { try export.write(as: .npz, only: ["cub"], to: folder.file("y")) } throws: {
            "\($0)".contains("did you mean 'cube'")
        }
        #expect(try !disk.exists(folder.file("y")))
    }

    @Test("Large arrays pass in pieces, whole and in order")
    func blocks() throws {
        let backend = ReferenceBackend()
        let shard = try HDF5Shard(name: "x")
        let values = (0..<(5 * 7 * 11)).map { Float($0) }
        try shard.write(backend.array(values, [5, 7, 11]), to: "/x")
        let reader = try HDF5Reader(image: shard.finish(), name: "x")
        for bytes in [4, 44, 100, 308, 700, 1 << 20] {
            var found: [Float] = []
            try reader.forEachBlock(of: "/x", bytes: bytes) { start, block in
                #expect((start[0] * 7 + start[1]) * 11 + start[2] == found.count)
                #expect(block.byteCount <= max(bytes, 4))
                found += try block.elements(Float.self)
            }
            #expect(found == values)
            var part: [Float] = []
            try reader.forEachBlock(of: "/x", rows: 2..<4, bytes: bytes) { _, block in
                part += try block.elements(Float.self)
            }
            #expect(part == Array(values[154..<308]))
        }
    }

    @Test(
        "A merged file shows one dataset per hook, linked, copied and in parts",
        arguments: [0, 1, 2])
    func merge(_ kind: Int) throws {
        let folder = try TemporaryFolder()
        let run = folder.file("run")
        try FileManager.default.copyItem(atPath: golden, toPath: run)
        let sources = try RunSources(RunFolder(run).contents())
        let merge =
            kind == 2
            ? RunMerge(sources, smallBytes: 0, wholeBytes: 0, partBytes: 100)
            : RunMerge(sources, smallBytes: 0)
        let path = FilePath.join(run, "merged.h5")
        let summary = try merge.write(to: path, kind == 0 ? .link : .copy)
        #expect(
            summary.notes.isEmpty && summary.files.count == (kind == 2 ? summary.files.count : 1))
        #expect(kind != 2 || summary.files.count > 15)
        if kind == 0 {
            // Links are relative: the folder can move.
            try disk.rename(run, to: folder.file("moved"))
        } else {
            for name in try RunFolder(run).files(beneath: "items") {
                try disk.removeFile(FilePath.join(run, name))
            }
        }
        let reader = try HDF5Reader(inPlace: kind == 0 ? folder.file("moved/merged.h5") : path)
        let expected = try arrays(goldenPath("runs/expected.npz"))
        for (name, array) in expected where !name.contains("question") {
            var bytes: [UInt8] = []
            try reader.forEachBlock(of: "/" + name.dropLast(4)) { _, block in
                let memory = try #require(block.storage.pointer)
                bytes += UnsafeRawBufferPointer(start: memory, count: block.byteCount)
            }
            #expect(bytes == array.bytes, "\(name)")
        }
        #expect(try reader.strings("/input/question").count == 7)
        #expect(try reader.axisLabels("/act/encoder/output") == ["sample", "token", "channel"])
        #expect(
            try reader.scales(of: "/act/encoder/output") == ["/sample", "/token_3", "/channel_4"])
        #expect(try reader.attribute("hook", on: "/act/encoder/half") == "encoder.half")
        #expect(try reader.attribute("complete") == 1)
        if kind == 0 {
            let links = try reader.nodes(under: "/shards").map(\.content)
            #expect(links.count == 4)
            #expect(
                links.allSatisfy {
                    if case .link(let file, "/") = $0 { file.hasPrefix("items/") } else { false }
                })
        }
    }

    @Test(
        "Shards that do not fit together are told, offsets that lie are refused, and a source is never overwritten"
    )
    func misfits() throws {
        let folder = try TemporaryFolder()
        let backend = ReferenceBackend()
        let run = try SyntheticRun("capture", [.init(variant: "a", metrics: nil)])
        let item = try run.contents().items[0].item
        var names: [String] = []
        for (number, width) in [3, 4].enumerated() {
            let shard = try HDF5Shard(name: "x")
            try shard.write(integers: [number], to: "/sample", axes: ["sample"], scale: "sample")
            try shard.write(
                backend.array([Float](repeating: 0, count: width), [1, width]), to: "/act/x",
                axes: ["sample", "channel"])
            try shard.write(integers: [number], to: "/other")
            try shard.write(
                backend.array([Float(1), 2], [2, 1]), to: "/act/r/values", axes: ["row", "channel"])
            try shard.write(integers: number == 0 ? [0, 2] : [0, 1], to: "/act/r/offsets")
            let name = "\(item.folder)/\(number + 1).h5"
            try shard.write(to: run.folder.file(name))
            names.append(name)
        }
        try JournalWriter(run.folder.location("journal")).append(
            JournalRecord(
                sequence: 1, item: item.id, label: item.label, state: .done, attempt: 1, utc: "",
                host: "",
                process: 0, result: ItemResult(files: names), files: run.folder.digests(of: names)))
        let sources = try RunSources(run.contents())
        #expect(sources.notes.contains { $0.contains("/act/x has another shape") })
        #expect(
            sources.notes.contains { $0.contains("/other has no sample axis and is not the same") })
        let target = folder.file("m.h5")
        #expect { try RunMerge(sources).write(to: target, .copy) } throws: {
            "\($0)".contains("expected offsets from 0")
        }
        #expect(try !disk.exists(target))
        #expect { try RunMerge(sources).write(to: run.folder.location(names[0]), .copy) } throws: {
            "\($0)".contains("one of those that are merged")
        }
        #expect(try RunVerification(run.folder).isIntact)
    }
}
