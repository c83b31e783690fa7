import Foundation
import HireArray
import HireFiles
import HireStudies
import HireTensor

extension BenchCommand {
    /// `hire bench capture`: features of a vision tower's layers to files, as a recorder writes them.
    ///
    /// Tests/Peers/capture.py measures `dd conv=fsync` and h5py with the same bytes on the same disk, in turn.
    func runCapture() throws {
        let context = Machine.context(seed: 1, threads: threads)
        var rows: [JSONValue] = []
        for dtype in [DType.float32, .float16, .bfloat16] {
            let times = try (0..<3).map { _ in try Self.record(dtype, in: folder, context) }
            let (bytes, seconds) = (times[0].bytes, times.map(\.seconds).sorted()[1])
            if !json {
                let rate = Double(bytes) / seconds / 1e6
                Swift.print(
                    Self.padded("capture-\(dtype.shortName)")
                        + String(format: "%8.0f MB/s of files, ", rate)
                        + "\(grouped(bytes)) bytes in "
                        + String(format: "%.3f s (fsync included)", seconds))
            }
            rows.append([
                "name": .string("capture-\(dtype.shortName)"), "bytes": .integer(Int64(bytes)),
                "seconds": .array(times.map { .number($0.seconds) }),
                "megabytes_per_second": .number(Double(bytes) / seconds / 1e6),
            ])
        }
        if json { Swift.print(try JSONWriter().string(.array(rows))) }
    }

    /// 512 MiB of values, or half with half the bytes per number: bytes of files and seconds.
    private static func record(_ dtype: DType, in folder: String, _ context: Context) throws -> (
        bytes: Int, seconds: Double
    ) {
        let files = SystemFileSystem()
        let place = FilePath.join(folder, "hire-bench-\(UInt32.random(in: .min ... .max))")
        try files.makeFolders(place)
        defer { try? FileManager.default.removeItem(atPath: place) }
        var options = CaptureOptions()
        options.dtype = dtype
        let numbers = (0..<(577 * 1024)).map { (index: Int) -> Float in
            Float(index % 8191) / 64 - 60
        }
        let tensor = try context.tensor(numbers, [1, 577, 1024])
        let form = try CaptureForm(
            "encoder.layers.22.output", options, shape: tensor.shape, geometry: nil)
        let began = DispatchTime.now().uptimeNanoseconds
        let recorder = ShardRecorder(
            attributes: [("schema", "hire-act")], backend: context.backend, shardBytes: 48 << 20,
            fileSystem: files
        ) { FilePath.join(place, "shard-\($0).h5") }
        for index in 0..<228 {
            var sample = RecordedSample(index: index, id: "\(index)", image: index)
            sample.captured = [
                CaptureCollector.Captured(form: form, arrays: try form.values(of: tensor).arrays)
            ]
            try recorder.append(sample)
        }
        let bytes = try recorder.finish().map(\.byteCount).reduce(0, +)
        return (bytes, Double(DispatchTime.now().uptimeNanoseconds - began) / 1e9)
    }
}
