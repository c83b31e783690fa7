import HireArray
import HireFiles

/// What a capture will store, known before anything is computed: shapes, dtypes and bytes.
public struct CapturePlan {
    /// One array that will be stored.
    public struct Row: Sendable, Equatable {
        /// The name under which it is recorded.
        public var name: String
        /// The shape of the largest sample, batch first.
        public var shape: Shape
        /// As it is stored.
        public var dtype: DType
        /// Bytes of the largest sample.
        public var bytesPerSample: Int
        /// Samples that have it.
        public var samples: Int
        /// Bytes of all samples.
        public var bytes: Int
    }

    /// What is stored, in the order of the model.
    public let rows: [Row]
    /// Chosen points that nothing passes.
    public let unreached: [String]
    /// Points that something passes.
    public let reached: Set<String>
    /// Bytes of each sample, in order.
    public let sampleBytes: [Int]

    /// Bytes of the largest sample.
    public var bytesPerSample: Int { sampleBytes.max() ?? 0 }
    /// Bytes of all samples.
    public var bytes: Int { sampleBytes.reduce(0, +) }

    /// Plans a capture.
    ///
    /// - Parameters:
    ///   - shapes: of the pipeline, for the longest of the prompts.
    ///   - spans: the prompts of all samples, in order.
    /// - Throws: `CaptureError` for patterns that choose nothing or nothing that is reached, and for options that a point
    ///   cannot serve.
    public init(_ rules: CaptureRules, _ shapes: CaptureShapes, spans: [SequenceSpan]) throws {
        let chosen = try rules.choose(among: shapes.points.map(\.name))
        let points = Dictionary(uniqueKeysWithValues: shapes.points.map { ($0.name, $0) })
        var (rows, unreached): ([Row], [String]) = ([], [])
        var sampleBytes = [Int](repeating: 0, count: spans.count)
        let comparing = SequenceGeometry.comparing(spans)
        for (name, options) in chosen {
            guard let point = points[name], point.shape != nil else {
                unreached.append(name)
                continue
            }
            var forms: [SequenceSpan: CaptureForm] = [:]
            var largest: [Row] = []
            for (index, span) in spans.enumerated() where index % options.every == 0 {
                var form = forms[span]
                if form == nil {
                    form = try CaptureForm(
                        name, options, shape: shapes.shape(of: point, for: span) ?? [],
                        dtype: point.dtype, geometry: comparing(span))
                    forms[span] = form
                }
                guard let form else { continue }
                sampleBytes[index] += form.byteCount
                if largest.isEmpty {
                    largest = form.outputs.map {
                        Row(
                            name: form.name(of: $0), shape: $0.shape, dtype: $0.dtype,
                            bytesPerSample: 0, samples: 0, bytes: 0)
                    }
                }
                for (place, output) in form.outputs.enumerated() {
                    largest[place].samples += 1
                    largest[place].bytes += output.byteCount
                    if output.byteCount > largest[place].bytesPerSample {
                        largest[place].bytesPerSample = output.byteCount
                        largest[place].shape = output.shape
                    }
                }
            }
            rows += largest
        }
        if rows.isEmpty, let first = unreached.first {
            let more = unreached.count == 1 ? "" : " and \(unreached.count - 1) more points"
            throw CaptureError(first, "nothing passes this point\(more) in this pipeline.")
        }
        self.rows = rows
        self.unreached = unreached
        reached = Set(chosen.map(\.name)).subtracting(unreached)
        self.sampleBytes = sampleBytes
    }

    /// Refuses a capture that the disk cannot hold.
    ///
    /// - Parameter present: bytes of it that are on the disk already.
    /// - Throws: `FileError` with the bytes that are needed and free.
    public func checkSpace(
        in folder: String, present: Int = 0, fileSystem: any FileSystem = SystemFileSystem()
    ) throws {
        // Check sums, chunks' indices and labels take about a hundredth.
        let needed = max(0, bytes - present) / 100 * 101
        let free = try CapturePlan.freeBytes(folder, fileSystem)
        if needed <= free { return }
        throw FileError(
            .inputOutput, path: folder, problem: "the captured features do not fit on the disk",
            expected: "at least \(grouped(needed)) free bytes", got: "\(grouped(free))")
    }

    /// Bytes that may still be written where a folder is or will be.
    public static func freeBytes(
        _ folder: String, _ fileSystem: any FileSystem = SystemFileSystem()
    ) throws -> Int {
        var place = folder
        while try !fileSystem.exists(place) {
            let above = FilePath.folder(of: place)
            if above == place { break }
            place = above
        }
        return try fileSystem.freeBytes(place)
    }
}
