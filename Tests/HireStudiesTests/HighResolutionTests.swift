import HireArray
import HireFiles
import HireHDF5
import HireImaging
import HireReference
import HireStudies
import HireTensor
import HireTestSupport
import HireVLM
import Testing

@Suite("High-resolution maps in parts and files")
struct HighResolutionTests {
    private let study: SmallStudy
    private let small: JSONValue = [
        "id": "hire", "widths": [4, 4], "bottleneck": 4, "convolutions": 1, "key_size": 4,
        "radius": 1,
    ]

    init() throws { study = try SmallStudy() }

    private func made() throws -> (Pipeline, any LinearUpsampler, EnricherInput) {
        let pipeline = try study.pipeline(small)
        pipeline.setTraining(false)
        let views = try pipeline.views(of: [study.task.image(.test, at: 0)])
        let upsampler = try #require(pipeline.enricher as? any LinearUpsampler)
        let input = EnricherInput(
            base: try pipeline.encoder(views.low), image: views,
            encode: { try pipeline.encoder($0) })
        return (pipeline, upsampler, input)
    }

    @Test("Rows of a fine map are those of the whole one")
    func rows() throws {
        let (pipeline, upsampler, input) = try made()
        try pipeline.context.withoutGradients {
            let whole = try upsampler.highResolution(input).map()
            let part = HighResolutionPart(
                region: MapRegion(rows: 2..<15, columns: 1..<9), channels: [5, 0, 7])
            let map = try FineMap(upsampler, input, part)
            #expect(map.channels == 3 && map.grid == SIMD2(32, 32))
            let cut = try part.selected(whole).slice(2, 2, 15).slice(3, 1, 9)
            #expect(try map.whole().floats() == cut.floats())
            #expect(try map.rows(4..<6).floats() == cut.slice(2, 4, 6).floats())
        }
    }

    @Test("Small maps are one file, large ones parts that read as one", arguments: [1 << 20, 2000])
    func files(_ partBytes: Int) throws {
        let folder = try TemporaryFolder()
        let backend = study.context.backend
        let values = try backend.random([2, 3, 16, 16], seed: 1, .float16)
        let path = folder.file("deep/map.h5")
        let layout = HighResolutionFile.Layout(
            shape: [2, 3, 16, 16], dtype: .float16,
            positions: [("channel", [4, 5, 9]), ("row", Array(8..<24))],
            attributes: [("enricher", "hire")],
            extras: [("/basis/mean", try backend.array([Float(1), 2], [2]))])
        // A second time over the first, from which nothing may be left.
        for _ in 0..<2 {
            let files = try HighResolutionFile(path, partBytes: partBytes).write(layout) {
                sample, rows in
                values.sliced(axis: 0, start: sample, length: 1)
                    .sliced(axis: 2, start: rows.lowerBound, length: rows.count)
            }
            #expect(files.first == path)
            #expect(partBytes > 10_000 ? files.count == 1 : files.count > 2)
        }
        let reader = try HDF5Reader(inPlace: path)
        #expect(try reader.array("/map", on: backend).floats() == values.floats())
        #expect(try reader.array("/channel", on: backend).doubles() == [4, 5, 9])
        #expect(try reader.axisLabels("/map") == ["sample", "channel", "row", "column"])
        #expect(try reader.attribute("complete") == .integer(1))
        #expect(try reader.attribute("enricher") == .string("hire"))
    }

    @Test("A map that cannot be made whole leaves no file of its name")
    func failure() throws {
        struct Stop: Error {}
        let folder = try TemporaryFolder()
        let path = folder.file("map.h5")
        let layout = HighResolutionFile.Layout(
            shape: [1, 8, 16, 16], dtype: .float32, positions: [])
        #expect(throws: Stop.self) {
            _ = try HighResolutionFile(path, partBytes: 2000).write(layout) { _, rows in
                if rows.lowerBound > 4 { throw Stop() }
                return try study.context.zeros([1, 8, rows.count, 16]).array
            }
        }
        #expect(try !SystemFileSystem().exists(path))
    }
}
