import Builtin
import HireArray
import HireFiles
import HireNN
import HireShapes
import HireStudies
import HireTensor
import HireTestSupport
import HireVLM
import Testing

@Suite("Dry runs")
struct CheckTests {
    private let small: SmallStudy
    private let check: PipelineCheck

    init() throws {
        small = try SmallStudy()
        check = PipelineCheck(small.catalog, shapes: { Context(backend: ShapesBackend()) })
    }

    private func problems(_ change: (inout JSONObject) -> Void) throws -> [String] {
        var json = SmallStudy.base
        change(&json)
        return check.check(try Recipe(json), CheckedTexts(small.task, DataSplit.allCases)).problems
            .map(\.description)
    }

    @Test("Every enricher of the catalogue passes")
    func fine() throws {
        for entry in small.catalog.list(.enricher) {
            let found = try problems {
                // The small encoder has a grid of 2x2 and no class token.
                $0["enricher"] =
                    entry.manifest.id == "dragonfly"
                    ? ["id": "dragonfly", "pool": 2, "class_tokens": false]
                    : .string(entry.manifest.id)
                $0["preprocessing"] = ["high_resolution": 64, "low_resolution": 8]
            }
            #expect(found.isEmpty, "\(entry.manifest.id): \(found)")
        }
    }

    @Test("Each kind of misfit is a sentence")
    func misfits() throws {
        let cases: [(change: (inout JSONObject) -> Void, expected: String)] = [
            ({ $0["enricher"] = "hrie" }, "did you mean 'hire'"),
            (
                { $0["encoder"] = ["id": "small-vit", "resolution": 9, "patch": 4] },
                "must divide the resolution 9"
            ),
            (
                { $0["preprocessing"] = ["high_resolution": 16, "low_resolution": 12] },
                "reads 8 px"
            ),
            (
                {
                    $0["enricher"] = "s2"; $0["preprocessing"] = ["high_resolution": 20]
                }, "multiples"
            ),
            ({ $0["enricher"] = ["id": "jbu", "stages": 9] }, "'stages'"),
            (
                {
                    $0["enricher"] = ["id": "jbu", "stages": 1, "finest": 3, "radius": 0]
                    $0["encoder"] = [
                        "id": "small-vit", "resolution": 8, "patch": 2, "width": 8, "heads": 2,
                    ]
                }, "smaller than the features' grid 4x4"
            ),
            ({ $0["projector"] = ["id": "mlp", "depth": 0] }, "which needs 16 channels"),
            (
                { $0["language_model"] = ["id": "small-llama", "max_positions": 8] },
                "max_positions"
            ),
            ({ $0["prompt"] = "<image>Tell me: {question}" }, "'tell'"),
        ]
        for (change, expected) in cases {
            let found = try problems(change)
            #expect(found.count == 1, "\(expected): \(found)")
            #expect(found.joined().contains(expected), "\(found)")
        }
    }

    @Test("All parts are looked at, though one is wrong")
    func everyPart() throws {
        let found = try problems {
            $0["enricher"] = ["id": "hire", "radius": 99]
            $0["projector"] = "mpl"
            $0["tokenizer"] = "wrods"
            $0["language_model"] = ["id": "small-llama", "heads": 3]
        }
        #expect(found.count == 4)
        for expected in ["radius", "'mlp'", "'words'", "heads"] {
            #expect(found.contains { $0.contains(expected) }, "\(expected): \(found)")
        }
    }

    @Test("The longest sequence counts, that of a generated answer too")
    func positions() throws {
        let recipe = try Recipe(SmallStudy.base)
        let texts = CheckedTexts(small.task, [.train])
        let pipeline = try small.pipeline()
        let longest =
            try small.task.samples(.train).map { sample in
                let prompted = try pipeline.prompted(sample.question, answer: sample.answer)
                return 4 + prompted.before.count + prompted.after.count + prompted.answer.count
            }.max() ?? 0
        for (positions, tokens, fits) in [
            (longest, 0, true), (longest - 1, 0, false), (longest, 12, false),
            (longest + 12, 12, true),
        ] {
            var changed = recipe
            changed.languageModel.configuration["max_positions"] = .integer(Int64(positions))
            var texts = texts
            texts.maximumTokens = tokens
            let found = check.check(changed, texts).problems
            #expect(found.isEmpty == fits, "\(positions), \(tokens): \(found)")
        }
    }

    @Test("A study says everything at once, and makes no file")
    func study() throws {
        try withTemporaryFolder { folder in
            let place = folder + "/run"
            let variants = try small.variants([
                "none", ["name": "typo", "enricher": "bicubik"],
                [
                    "name": "frozen",
                    "enricher": [
                        "id": "hire", "widths": [4, 4], "bottleneck": 4, "convolutions": 1,
                        "key_size": 4,
                        "radius": 1,
                    ],
                    "training": ["freeze": ["enricher.unett.**"]],
                ],
                ["name": "late", "enricher": "s2", "preprocessing": ["high_resolution": 20]],
            ])
            let study = try small.study(
                variants, in: place, record: ["encoder.output", "enricher.kernal"])
            do {
                try study.run()
                Issue.record("A study with mistakes ran.")
            } catch let error as StudyError {
                guard case .problems(let found) = error else {
                    Issue.record("\(error)")
                    return
                }
                #expect(found.map(\.variant) == [1, 2, 3, nil])
                let text = "\(error)"
                for expected in [
                    "4 problems were found before anything was computed or written",
                    "1. variants[2] 'typo': ", "'bicubic'", "2. variants[3] 'frozen': ",
                    "enricher.unet",
                    "3. variants[4] 'late': ", "multiples of it", "4. record: ",
                    "'enricher.kernal'",
                ] {
                    #expect(text.contains(expected), "\(expected): \(text)")
                }
            }
            #expect(try SystemFileSystem().status(place) == nil)
        }
    }
}
