import HireArray
import HireFiles
import HireHDF5
import HireReference
import HireTestSupport
import Testing

@Suite("HDF5 datasets of blocks and pieces", .serialized)
struct BlockTests {
    private let backend = ReferenceBackend()

    private func message(_ body: () throws -> Void) -> String {
        #expect(throws: HDF5Error.self, performing: body)?.description ?? ""
    }

    @Test("A declared dataset is filled block by block")
    func blocks() throws {
        let shard = try HDF5Shard(name: "b.h5")
        try shard.write(integers: [4, 5], to: "/channel", axes: ["channel"], scale: "channel")
        try shard.declare(
            "/map", shape: [1, 2, 40, 30], dtype: .float16, chunk: [1, 2, 16, 30],
            axes: ["sample", HDF5Axis("channel", scale: "/channel"), "row", "column"])
        let whole = try backend.random([1, 2, 40, 30], seed: 1, .float16)
        for row in stride(from: 0, to: 40, by: 16) {
            let count = min(16, 40 - row)
            try shard.fill(
                "/map", at: [0, 0, row, 0], with: whole.sliced(axis: 2, start: row, length: count))
        }
        let reader = try HDF5Reader(image: shard.finish(), name: "b.h5")
        #expect(try reader.array("/map", on: backend).floats() == whole.floats())
        #expect(try reader.axisLabels("/map") == ["sample", "channel", "row", "column"])
    }

    @Test("Pieces in other files read as one array")
    func pieces() throws {
        let folder = try TemporaryFolder()
        let whole = try backend.random([2, 1, 9, 4], seed: 2)
        var pieces: [HDF5Shard.Piece] = []
        try SystemFileSystem().makeFolders(folder.file("parts"))
        for sample in 0..<2 {
            for row in [0, 6] {
                let count = min(6, 9 - row)
                let part = whole.sliced(axis: 0, start: sample, length: 1)
                    .sliced(axis: 2, start: row, length: count)
                let name = "parts/\(pieces.count).h5"
                let shard = try HDF5Shard(name: name)
                try shard.write(part, to: "/map")
                try shard.write(to: folder.file(name))
                pieces.append(
                    HDF5Shard.Piece(
                        file: name, object: "/map", shape: part.shape, start: [sample, 0, row, 0]))
            }
        }
        let index = try HDF5Shard(name: "index.h5")
        try index.join(
            "/map", shape: [2, 1, 9, 4], dtype: .float32, from: pieces,
            axes: ["sample", "channel", "row", "column"])
        try index.write(to: folder.file("index.h5"))
        let reader = try HDF5Reader(inPlace: folder.file("index.h5"))
        #expect(try reader.array("/map", on: backend).floats() == whole.floats())
        #expect(
            try reader.array("/map", rows: 1..<2, on: backend).floats()
                == whole.sliced(axis: 0, start: 1, length: 1).floats())
    }

    @Test("Blocks, chunks and pieces that do not fit are refused")
    func mistakes() throws {
        let shard = try HDF5Shard(name: "b.h5")
        try shard.declare("/x", shape: [4, 4], dtype: .float32, chunk: [2, 4])
        let block = try backend.random([2, 4], seed: 3)
        #expect(
            message { try shard.fill("/x", at: [3, 0], with: block) }
                == "b.h5: /x: a block [2, 4] at [3, 0] does not fit the shape [4, 4].")
        #expect(
            message { try shard.fill("/x", at: [0], with: block) }.contains("does not fit"))
        #expect(
            message {
                try shard.fill("/x", at: [0, 0], with: backend.random([2, 4], seed: 3, .float16))
            } == "b.h5: /x: expected a block of dtype f32, got f16.")
        #expect(
            message { try shard.declare("/y", shape: [4], dtype: .float32, chunk: [5]) }
                == "b.h5: /y: expected chunks from 1 up to the shape [4], got [5].")
        let piece = HDF5Shard.Piece(file: "p.h5", object: "/x", shape: [2], start: [3])
        #expect(
            message { try shard.join("/z", shape: [4], dtype: .float32, from: [piece]) }
                == "b.h5: /z: a piece [2] at [3] does not fit the shape [4].")
        #expect(
            message { try shard.join("/x", shape: [4], dtype: .float32, from: []) }
                .contains("in the shard already"))
    }
}
