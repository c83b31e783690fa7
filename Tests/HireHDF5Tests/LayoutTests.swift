import Foundation
import HireArray
import HireFiles
import HireHDF5
import HireReference
import HireTestSupport
import Testing

/// What h5py saw in a recorded shard (Tests/Goldens/generate/hdf5_layout.py) is what is recorded today.
///
/// The file for the script is written with HIRE_WRITE_HDF5_LAYOUT=layout.h5 swift test --filter LayoutTests.
@Suite struct LayoutTests {
    private let backend = ReferenceBackend()

    /// Three samples with arrays of every kind: two dtypes, one axis cut out, a name that begins another, ragged items.
    private func build() throws -> [UInt8] {
        let recording = try RecordingShard(
            attributes: [("schema", "hire-act"), ("schema_version", 1)],
            hooks: ["encoder.output", "encoder.output.dense", "states", "maps", "rare"])
        for sample in 0..<3 {
            let isRare = sample % 2 == 0
            try recording.beginSample(sample, samplings: isRare ? ["sample_every_2"] : [])
            func values(_ count: Int) -> [Float] {
                (0..<count).map { Float(sample) * 64 + Float($0) / 3 }
            }
            let axes: [RecordingAxis] = ["token", "channel"]
            try recording.record(
                backend.array(values(20), [4, 5]), hook: "encoder.output", axes: axes)
            let half = try backend.allocate([4, 5], .bfloat16)
            backend.copy(try backend.array(values(20), [4, 5]), into: half)
            try recording.record(
                half, hook: "encoder.output.dense",
                axes: [RecordingAxis("token", positions: [1, 4, 5, 7]), "channel"])
            let tokens = sample + 1
            try recording.recordRagged(
                backend.array(values(tokens * 2), [tokens, 2]), hook: "states", axes: axes,
                varying: [0])
            try recording.recordRagged(
                backend.array(values(2 * tokens * tokens), [2, tokens, tokens]), hook: "maps",
                axes: ["head", "query", "key"], varying: [1, 2])
            if isRare {
                try recording.record(
                    backend.array(values(3), [3]), hook: "rare", axes: ["channel"],
                    sampling: "sample_every_2")
            }
        }
        return try recording.finish()
    }

    @Test("h5py's view of a shard: paths, dtypes, shapes, labels and every number")
    func committed() throws {
        let bytes = try build()
        if let target = ProcessInfo.processInfo.environment["HIRE_WRITE_HDF5_LAYOUT"] {
            try AtomicWriter().write(bytes, to: target)
        }
        let reader = try HDF5Reader(image: bytes, name: "layout")
        let golden = try JSONParser.read(
            goldenPath("hdf5/layout.json"), in: SystemFileSystem())
        let datasets = try #require(golden["datasets"]?.arrayValue)
        var seen: Set<String> = []
        for value in datasets {
            let entry = try #require(value.objectValue)
            let path = try entry.requireString("path", source: "layout.json")
            seen.insert(path)
            let array = try reader.array(path, on: backend)
            #expect(
                try array.dtype.shortName == entry.requireString("stored", source: path), "\(path)")
            #expect(
                try array.shape
                    == entry.requireArray("shape", source: path).compactMap(\.intValue), "\(path)")
            // Equal numbers, not nearly equal ones: h5py widened the 16-bit ones.
            #expect(
                try array.doubles()
                    == entry.requireArray("values", source: path).compactMap(\.doubleValue),
                "\(path)")
            let labels = try entry.requireArray("labels", source: path).compactMap(\.stringValue)
            let own = try reader.axisLabels(path)
            #expect(own == labels || labels.allSatisfy(\.isEmpty) && own.isEmpty, "\(path) \(own)")
            if let hook = entry["hook"]?.stringValue {
                #expect(try reader.attribute("hook", on: path) == .string(hook))
            }
        }
        let arrays = try reader.nodes().filter {
            if case .array = $0.content { true } else { false }
        }
        #expect(Set(arrays.map(\.path)) == seen)
        #expect(
            seen.contains("/act/encoder/output/_values") && seen.contains("/act/states/offsets"))
    }
}
