import Glibc
import HireArray
import HireFiles
import HireHDF5
import HireReference
import HireStudies
import HireTestSupport
import HireVLM
import Testing

@Suite("Ablation studies")
struct StudyTests {
    private let list: [JSONValue] = [
        "none",
        [
            "name": "seeing all", "encoder": ["resolution": 16, "patch": 8],
            "preprocessing": ["low_resolution": 16],
        ],
        ["name": "question only", "enricher": "none", "blindfold": true],
        ["name": "majority", "baseline": "majority"],
    ]

    @Test("Variants are trained, measured, recorded and taken over by the next run")
    func runs() throws {
        let small = try SmallStudy()
        try withTemporaryFolder { folder in
            let variants = try small.variants(list)
            let record = ["encoder.output", "enricher.**"]
            let first = try small.study(variants, in: folder, record: record)
            try first.run()
            #expect(
                try first.results.map(\.variant) == [
                    "none", "seeing all", "question only", "majority",
                ])
            let results = try first.results
            for result in results {
                #expect(result.accuracy.count == small.task.samples(.test).count)
                #expect(result.byType.map(\.count).reduce(0, +) == result.accuracy.count)
            }
            #expect(results[3].cost == nil && results[0].cost != nil)

            var said: [String] = []
            let monitor = RunMonitor(
                progress: RunMonitor.silent.progress, checkInterrupt: {}, say: { said.append($0) })
            let second = try small.study(variants, in: folder, record: record)
            try second.run(monitor)
            #expect(try second.results == first.results)
            #expect(said.count == 4 && said.allSatisfy { $0.contains("taken over") })
            #expect(try second.folder.journal().records.filter { $0.state == .done }.count == 4)
            #expect(try second.history(of: "none").count == 4)
            _ = try second.pipeline(of: "seeing all")
            #expect(throws: StudyError.self) { _ = try second.pipeline(of: "nonne") }
        }
    }

    @Test("The same folder with another configuration is refused and says what differs")
    func mismatch() throws {
        let small = try SmallStudy()
        try withTemporaryFolder { folder in
            try small.study(small.variants(["none"]), in: folder).run()
            var training = SmallStudy.training
            training["steps"] = 5
            let changed = try small.variants(["none"], training: training)
            do {
                try small.study(changed, in: folder).run()
                Issue.record("Results of another configuration were taken over.")
            } catch let error as StudyError {
                let text = error.description
                #expect(text.contains("training.steps is 5 here and 4 there"))
                #expect(text.contains("--out") && text.contains("--fresh"))
            }
            let fresh = try small.study(changed, in: folder)
            // Another item under the same label stays a conflict unless it is accepted.
            #expect(throws: StudyError.self) {
                try fresh.run(request: SmallStudy.request { $0.acceptedChanges = ["evaluation"] })
            }
            try fresh.run(request: SmallStudy.request { $0.acceptedChanges = ["training"] })
            #expect(try fresh.history(of: "none").count == 5)
        }
    }

    @Test("Ctrl-C keeps what is finished and goes on where it stopped")
    func interrupted() throws {
        let small = try SmallStudy()
        try withTemporaryFolder { folder in
            let variants = try small.variants(["none", ["name": "again", "enricher": "bicubic"]])
            // Asked before each training step of the second variant, and stopped before the third.
            var (work, left) = ("", 2)
            let stopping = RunMonitor(
                progress: { title, total in
                    work = title
                    return RunMonitor.silent.progress(title, total)
                },
                checkInterrupt: {
                    guard work == "train again" else { return }
                    if left == 0 { throw Stop() }
                    left -= 1
                }, say: { _ in })
            let first = try small.study(variants, in: folder)
            #expect(throws: Stop.self) { try first.run(stopping) }
            #expect(try first.results.map(\.variant) == ["none"])
            var said: [String] = []
            let monitor = RunMonitor(
                progress: RunMonitor.silent.progress, checkInterrupt: {}, say: { said.append($0) })
            let second = try small.study(variants, in: folder)
            try second.run(monitor)
            #expect(said.contains { $0.contains("again: goes on at step 3") })
            try withTemporaryFolder { other in
                let whole = try small.study(variants, in: other)
                try whole.run()
                #expect(
                    try whole.history(of: "again").map(\.loss)
                        == second.history(of: "again").map(\.loss))
                #expect(try whole.results.map(\.accuracy) == second.results.map(\.accuracy))
            }
        }
    }

    @Test("Captured features are in HDF5 under their module paths")
    func records() throws {
        let small = try SmallStudy()
        try withTemporaryFolder { folder in
            let study = try small.study(
                small.variants(["none"]), in: folder,
                record: ["encoder.output", "language_model.output"])
            try study.run()
            let backend = ReferenceBackend()
            let shard = try study.results[0].shards[0]
            #expect(shard == study.items[0].folder + "/features-00001.h5")
            let reader = try HDF5Reader(folder + "/" + shard)
            let features = try reader.array("/act/encoder/output", on: backend)
            #expect(features.shape == [3, 8, 2, 2])
            #expect(
                try reader.axisLabels("/act/encoder/output") == [
                    "sample", "channel", "row", "column",
                ])
            let question = try reader.strings("/input/question")
            #expect(question.count == 3)
            let images = try reader.array("/input/image_id", on: backend).integers()
            #expect(images == [0, 1, 2])
            #expect(try reader.attribute("schema") == .string("hire-act"))
            #expect(try reader.attribute("complete") == .integer(1))
            // The recorded numbers are those of the trained encoder.
            let pipeline = try study.pipeline(of: "none")
            let views = try pipeline.views(of: [small.task.image(.test, at: 0)])
            let expected = try pipeline.context.withoutGradients {
                try pipeline.encoder(views.low).map()
            }
            try expectClose(
                features.selected(axis: 0, index: 0), expected.array.selected(axis: 0, index: 0),
                absolute: 1e-6, "encoder.output")
            let index = try HDF5Reader(folder + "/run.h5")
            #expect(try index.strings("/metrics/item") == ["none"])
        }
    }

    @Test("A folder that cannot be made is an error and leaves no finished line behind")
    func blockedFolder() throws {
        let small = try SmallStudy()
        try withTemporaryFolder { folder in
            let path = folder + "/run"
            let file = folder + "/run/items"
            try SystemFileSystem().makeFolders(path)
            try AtomicWriter().write("in the way", to: file)
            do {
                try small.study(small.variants(["none"]), in: path).run()
                Issue.record("A file in the place of a folder went unnoticed.")
            } catch let error as FileError {
                #expect(error.exitCode == 73)
            }
            let records = try RunFolder(path).journal().records
            #expect(!records.contains { $0.state == .done })
        }
    }

    @Test(
        "A full disk at any moment is an error, loses nothing finished, and the next run completes")
    func diskFull() throws {
        let small = try SmallStudy()
        var training = SmallStudy.training
        training["steps"] = 1
        let variants = try small.variants(
            [["name": "majority", "baseline": "majority"], "none"], training: training)
        let writes: Set<String> = ["write", "synchronise", "rename", "makeFolder"]
        let counting = FaultyFileSystem()
        var expected: [Accuracy] = []
        try withTemporaryFolder { folder in
            let study = try small.study(variants, in: folder, fileSystem: counting)
            try study.run()
            expected = try study.results.map(\.accuracy)
        }
        let places = counting.calls.indices.filter { writes.contains(counting.calls[$0]) }
        #expect(places.count > 20)
        // Every third of them, which keeps the test to seconds.
        for place in stride(from: 0, to: places.count, by: 3).map({ places[$0] }) {
            try withTemporaryFolder { folder in
                let faulty = FaultyFileSystem(at: place, .error(ENOSPC))
                do {
                    try small.study(variants, in: folder, fileSystem: faulty).run()
                    Issue.record("Nothing was said about a full disk at call \(place).")
                } catch let error as FileError {
                    #expect(error.exitCode == 74, "\(error)")
                }
                let again = try small.study(variants, in: folder)
                try again.run()
                #expect(try again.results.map(\.accuracy) == expected)
                #expect(try again.folder.contents().orphans().isEmpty)
            }
        }
    }

    @Test("Variants overlay the recipe and refuse what they do not know")
    func variants() throws {
        let small = try SmallStudy()
        let made = try small.variants(list)
        #expect(made[1].recipe.encoder.configuration["resolution"] == 16)
        #expect(made[1].recipe.encoder.configuration["width"] == 8)
        #expect(made[2].training.blindfold && !made[0].training.blindfold)
        for bad: JSONValue in [
            7, ["enrichr": "none", "name": "x"], ["name": "x", "baseline": "majorty"],
            ["name": "x", "training": ["stps": 3]],
        ] {
            #expect(throws: (any Error).self) { _ = try small.variants([bad]) }
        }
        #expect(throws: StudyError.duplicateVariant("none")) {
            try withTemporaryFolder {
                _ = try small.study(small.variants(["none", "none"]), in: $0)
            }
        }
    }
}

private struct Stop: Error {}
