import HireFiles
import HireStudies
import HireTestSupport
import Testing

@Suite("Run manifests")
struct ManifestTests {
    private func manifest() throws -> RunManifest {
        let items = try [1, 2].map { seed in
            try StudyItem(
                label: "hire z=1 a=2 seed=\(seed)", group: "hire z=1 a=2", variant: "hire",
                axes: ["z": 1, "a": 2], seed: seed,
                configuration: Configuration([
                    "seed": .integer(Int64(seed)), "training": ["steps": 3],
                ]))
        }
        let baseline = try StudyItem(
            label: "majority", configuration: Configuration(["baseline": "majority"]))
        return RunManifest(
            kind: "ablation",
            script: .init(path: "a.lua", sha256: "00", arguments: ["--steps"], overrides: ["z=1"]),
            description: ["task": "shapes"], items: items + [baseline])
    }

    private func read(_ json: JSONObject) throws -> RunManifest {
        try RunManifest(json, source: "RUN/study.json")
    }

    @Test(
        "A manifest comes back as it was, the order of axes included, and its text does not change")
    func roundTrip() throws {
        let manifest = try manifest()
        let text = try manifest.text()
        let json = try #require(try JSONParser.parse(text, source: "x").objectValue)
        let back = try read(json)
        #expect(back == manifest)
        #expect(back.items[0].axes.keys == ["z", "a"])
        #expect(try back.text() == text)
        #expect(try back.runID() == manifest.runID())
        #expect(!text.contains("2026"))
    }

    @Test("Unknown keys, other types and ids that do not fit are errors that name the place")
    func strict() throws {
        let good = try manifest().json()
        func changed(_ change: (inout JSONObject) -> Void) -> JSONObject {
            var json = good
            change(&json)
            return json
        }
        func item(_ change: (inout JSONObject) -> Void) -> JSONObject {
            changed { json in
                var items = json["items"]?.arrayValue ?? []
                var first = items[0].objectValue ?? JSONObject()
                change(&first)
                items[0] = .object(first)
                json["items"] = .array(items)
            }
        }
        for (json, part) in [
            (changed { $0["schema"] = "hire-study-9" }, "hire-study-2"),
            (changed { $0["itms"] = 1 }, "'items'"), (changed { $0["kind"] = 3 }, "'kind'"),
            (changed { $0["run_id"] = "ab" }, "run_id"),
            (changed { $0["items"] = nil }, "'items' is missing"),
            (changed { $0["script"] = 4 }, "script"), (changed { $0["numerics"] = 77 }, "run_id"),
            (item { $0["seed"] = "1" }, "item 1"), (item { $0["colour"] = 1 }, "'colour'"),
            (item { $0["axes"] = ["b": 1] }, "'b'"),
            (item { $0["configuration"] = ["seed": 5] }, "item 1"),
            (item { $0["folder"] = "items/../../x" }, "folder"),
            (item { $0["label"] = "majority" }, "item 1"),
            (changed { $0["sha256"] = nil }, "'sha256' is missing"),
            (changed { $0["kind"] = "sweep" }, "SHA-256"),
            (changed { $0["toolkit"] = "9" }, "SHA-256"),
            (changed { $0["description"] = [:] }, "SHA-256"),
            (item { $0["variant"] = "none" }, "SHA-256"), (item { $0["group"] = "x" }, "SHA-256"),
        ] {
            do {
                _ = try read(json)
                Issue.record("read in spite of \(part)")
            } catch let error as FileError {
                #expect(error.exitCode == 65 && error.description.contains("RUN/study.json"))
                #expect(error.description.contains(part), "\(error)")
            }
        }
    }

    @Test("A folder without a run says so, and one of an older version too")
    func noRun() throws {
        try withTemporaryFolder { folder in
            #expect(throws: FileError.self) { _ = try RunFolder(folder).contents() }
            try AtomicWriter().write("{}\n", to: folder + "/results.jsonl")
            do {
                _ = try RunFolder(folder).contents()
                Issue.record("An old folder was read.")
            } catch let error as FileError {
                #expect(
                    error.category == .missingInput && error.description.contains("older version"))
            }
            try AtomicWriter().write("{", to: folder + "/study.json")
            #expect(throws: FileError.self) { _ = try RunFolder(folder).contents() }
        }
    }
}
