import Foundation
import HireArray
import HireFiles
import HireHDF5
import HireReference
import HireStudies
import HireTensor
import HireTestSupport
import Testing

@Suite("Recording in the background", .serialized)
struct ShardRecorderTests {
    private let context = Context(backend: ReferenceBackend(), seed: 3)

    private func sample(_ index: Int, _ shape: Shape = [1, 16, 32]) throws -> RecordedSample {
        let tensor = try context.tensor(
            (0..<shape.elementCount).map { Float(($0 + index) % 97) }, shape)
        let form = try CaptureForm(
            "encoder.layers.0.output", CaptureOptions(), shape: shape, geometry: nil)
        var sample = RecordedSample(index: index, id: "s\(index)", image: index)
        sample.captured = [.init(form: form, arrays: try form.values(of: tensor).arrays)]
        return sample
    }

    private func recorder(
        _ folder: String, _ files: any FileSystem = SystemFileSystem(), shardBytes: Int = 8192
    ) -> ShardRecorder {
        ShardRecorder(
            attributes: [("schema", "hire-act")], backend: context.backend, shardBytes: shardBytes,
            fileSystem: files
        ) { FilePath.join(folder, "shard-\($0).h5") }
    }

    /// Sleeps before every call of one kind.
    private func slow(_ name: String, _ seconds: Double) -> FaultyFileSystem {
        FaultyFileSystem { _, call in
            if call == name { Thread.sleep(forTimeInterval: seconds) }
            return nil
        }
    }

    @Test("Bytes and order are the same however slow the disk is")
    func deterministic() throws {
        try withTemporaryFolder { path in
            var digests: [[String]] = []
            for (name, files) in [
                ("fast", SystemFileSystem() as any FileSystem), ("slow", slow("synchronise", 0.02)),
            ] {
                let recorder = recorder(FilePath.join(path, name), files)
                for index in 0..<23 { try recorder.append(sample(index)) }
                let written = try recorder.finish()
                #expect(written.count == 6)
                for shard in written {
                    #expect(
                        try SHA256.hex(ofFile: shard.path, in: SystemFileSystem()) == shard.sha256)
                }
                digests.append(written.map(\.sha256))
            }
            #expect(digests[0] == digests[1])
            let reader = try HDF5Reader(FilePath.join(path, "slow/shard-6.h5"))
            #expect(try reader.array("/sample", on: context.backend).integers() == [20, 21, 22])
            #expect(
                try reader.array("/act/encoder/layers/0/output", rows: 2..<3, on: context.backend)
                    .floats() == sample(22).captured[0].arrays[0].floats())
        }
    }

    @Test("Whoever is faster than the disk waits: at most one shard is under way")
    func pressure() throws {
        try withTemporaryFolder { path in
            let files = slow("synchronise", 0.1)
            let recorder = recorder(path, files)
            for index in 0..<20 {
                try recorder.append(sample(index))
                // Five shards of four: while one is filled, all but one before it are on the disk.
                let done = try SystemFileSystem().list(path).filter { $0.hasPrefix("shard-") }.count
                #expect(done >= recorder.files.count - 1)
            }
            #expect(try recorder.finish().count == 5)
        }
    }

    @Test("A failed write is thrown by the next sample and names the path")
    func failure() throws {
        try withTemporaryFolder { path in
            let full = FaultyFileSystem { _, call in call == "write" ? .error(ENOSPC) : nil }
            let recorder = recorder(path, full)
            let error = #expect(throws: FileError.self) {
                for index in 0..<100 { try recorder.append(sample(index)) }
            }
            #expect(error?.path == FilePath.join(path, "shard-1.h5"))
            #expect(error?.exitCode == 74)
            #expect(throws: FileError.self) { try recorder.finish() }
            let left = try SystemFileSystem().list(path)
            #expect(left.isEmpty)
        }
    }

    @Test("A point whose shape changes begins a new shard")
    func changes() throws {
        try withTemporaryFolder { path in
            let recorder = recorder(path, shardBytes: 1 << 20)
            try recorder.append(sample(0))
            try recorder.append(sample(1))
            try recorder.append(sample(2, [1, 3, 32]))
            #expect(try recorder.finish().count == 2)
        }
    }

    /// In a process of its own: other tests have files, handles and memory of theirs.
    @Test("A thousand shards leave no file, handle or thread behind")
    func hygiene() async {
        await #expect(processExitsWith: .success) {
            func count(_ folder: String) throws -> Int {
                try SystemFileSystem().list("/proc/self/\(folder)").count
            }
            let tests = ShardRecorderTests()
            try withTemporaryFolder { path in
                func record(_ number: Int) throws -> Int {
                    let recorder = tests.recorder(path, shardBytes: 2048)
                    for index in 0..<number { try recorder.append(tests.sample(index)) }
                    return try recorder.finish().count
                }
                #expect(try record(20) == 20)
                Thread.sleep(forTimeInterval: 0.2)
                let (files, threads) = (try count("fd"), try count("task"))
                var shards = 0
                for _ in 0..<10 { shards += try record(100) }
                #expect(shards == 1000)
                Thread.sleep(forTimeInterval: 0.2)
                let (filesAfter, threadsAfter) = (try count("fd"), try count("task"))
                #expect(filesAfter == files)
                #expect(HDF5Library.openHandleCount == 0)
                #expect(threadsAfter <= threads + 2)
            }
        }
    }

    @Test("Two thousand samples take no more memory than two hundred")
    func memory() async {
        await #expect(processExitsWith: .success) {
            func resident() throws -> Int {
                let data = FileManager.default.contents(atPath: "/proc/self/statm") ?? Data()
                let text = String(decoding: data, as: UTF8.self)
                return Int(text.split(separator: " ")[1]).map { $0 * 4096 } ?? 0
            }
            let tests = ShardRecorderTests()
            try withTemporaryFolder { path in
                let recorder = tests.recorder(path, shardBytes: 1 << 20)
                for index in 0..<1000 { try recorder.append(tests.sample(index)) }
                let before = try resident()
                for index in 1000..<3000 { try recorder.append(tests.sample(index)) }
                let slope = Double(try resident() - before) / 2000
                _ = try recorder.finish()
                #expect(slope < 1024, "\(slope) bytes per sample")
            }
        }
    }
}
