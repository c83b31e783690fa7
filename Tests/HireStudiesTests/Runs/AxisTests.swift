import HireFiles
import HireStudies
import HireTestSupport
import HireVLM
import Testing

@Suite("Axes, seeds and overrides")
struct AxisTests {
    private func grid(
        _ axes: [StudyAxis], pairing: StudyRequest.Pairing = .grid, seeds: [Int] = [1]
    ) -> StudyGrid {
        var grid = StudyGrid()
        grid.axes = axes
        grid.pairing = pairing
        grid.seeds = seeds
        return grid
    }

    @Test(
        "A grid takes every value with every other, the last axis changing fastest; zip takes them side by side"
    )
    func combinations() throws {
        let axes = [StudyAxis("b", [1, 2]), StudyAxis("a", ["x", "y"])]
        #expect(
            try grid(axes).combinations() == [
                ["b": 1, "a": "x"], ["b": 1, "a": "y"], ["b": 2, "a": "x"], ["b": 2, "a": "y"],
            ])
        #expect(try grid(axes).combinations()[0].keys == ["b", "a"])
        #expect(
            try grid(axes + [StudyAxis("c", [7])], pairing: .zip).combinations() == [
                ["b": 1, "a": "x", "c": 7], ["b": 2, "a": "y", "c": 7],
            ])
        for bad in [
            grid([StudyAxis("a", [])]), grid([StudyAxis("a", [1, 1])]),
            grid([StudyAxis("a", [1, 2]), StudyAxis("b", [1, 2, 3])], pairing: .zip),
        ] {
            #expect(throws: StudyError.self) { _ = try bad.combinations() }
        }
    }

    @Test("The command line replaces values, adds axes and sets values of points")
    func overrides() throws {
        var changed = grid([StudyAxis("a", [1, 2])])
        changed.put(
            [
                StudyOverride(key: "a", values: [5], text: "a=5"),
                StudyOverride(key: "b", values: [1, 2], text: "b=1,2"),
            ], pairing: .grid)
        #expect(changed.axes == [StudyAxis("a", [5]), StudyAxis("b", [1, 2])])
        var points = StudyGrid()
        points.points = [["a": 1], ["a": 2]]
        points.put([StudyOverride(key: "a", values: [9], text: "a=9")], pairing: .grid)
        #expect(throws: StudyError.self) { _ = try points.combinations() }
    }

    @Test(
        "Items have the labels, axes and seeds of their point, and a variant only has the axes that mean something to it"
    )
    func items() throws {
        let small = try SmallStudy()
        try withTemporaryFolder { folder in
            let variants = try small.variants([
                "none", ["name": "hire", "enricher": ["id": "hire", "radius": 1]],
                ["name": "majority", "baseline": "majority"],
            ])
            let axes = [
                StudyAxis("training.steps", [1, 2]), StudyAxis("recipe.enricher.radius", [1, 2]),
            ]
            let study = try small.study(variants, in: folder, grid: grid(axes, seeds: [1, 2]))
            #expect(
                study.items.map(\.label) == [
                    "none training.steps=1 seed=1", "none training.steps=1 seed=2",
                    "none training.steps=2 seed=1", "none training.steps=2 seed=2",
                    "hire training.steps=1 recipe.enricher.radius=1 seed=1",
                    "hire training.steps=1 recipe.enricher.radius=1 seed=2",
                    "hire training.steps=1 recipe.enricher.radius=2 seed=1",
                    "hire training.steps=1 recipe.enricher.radius=2 seed=2",
                    "hire training.steps=2 recipe.enricher.radius=1 seed=1",
                    "hire training.steps=2 recipe.enricher.radius=1 seed=2",
                    "hire training.steps=2 recipe.enricher.radius=2 seed=1",
                    "hire training.steps=2 recipe.enricher.radius=2 seed=2", "majority",
                ])
            let item = study.items[7]
            #expect(item.variant == "hire" && item.seed == 2)
            #expect(item.group == "hire training.steps=1 recipe.enricher.radius=2")
            let json = item.configuration.json
            #expect(json["recipe"]?["enricher"]?["radius"] == 2)
            #expect(json["training"]?["steps"] == 1 && json["training"]?["seed"] == 2)
            #expect(json["seed"] == 2 && json["evaluation"]?["seed"] == 1)
            #expect(json["numerics"] != nil && json["task"]?["data_sha256"] != nil)
            #expect(json["determinism"] == "repeatable" && json["backend"] == "reference")
            #expect(Set(study.items.map(\.id)).count == study.items.count)
        }
    }

    @Test("A training seed of a variant's own stays when seeds change")
    func ownSeed() throws {
        let small = try SmallStudy()
        try withTemporaryFolder { folder in
            let variants = try small.variants([
                ["name": "own", "enricher": "none", "training": ["seed": 9]], "none",
            ])
            let study = try small.study(variants, in: folder, grid: grid([], seeds: [4]))
            #expect(study.items.map(\.label) == ["own", "none"])
            #expect(study.items[0].configuration.json["training"]?["seed"] == 9)
            #expect(study.items[1].configuration.json["training"]?["seed"] == 4)
        }
    }

    @Test("A key that nothing has, and a value that does not fit, say so")
    func refused() throws {
        let small = try SmallStudy()
        let variants = try small.variants(["none"])
        for (key, value, part) in [
            ("training.stps", 1, "'training.steps'"), ("encoder.layer", 1, "'encoder.layers'"),
            ("enricher.radius", 1, "Unknown key"), ("trainin.steps", 1, "training.steps"),
            ("training.steps", "many", "steps"), ("training.steps", 0, "at least 1"),
            ("evaluation.batch", 0, "at least 1"), ("prompt", 3, "prompt"),
        ] as [(String, JSONValue, String)] {
            try withTemporaryFolder { folder in
                do {
                    _ = try small.study(variants, in: folder, grid: grid([StudyAxis(key, [value])]))
                    Issue.record("\(key) = \(value) was taken.")
                } catch {
                    #expect("\(error)".contains(part), "\(key): \(error)")
                }
            }
        }
    }

    @Test("Other options of a generated task are other data")
    func dataDigest() throws {
        let small = try SmallStudy()
        let other = try small.catalog.makeTask(
            PluginChoice("shapes", ["train_images": 12, "test_images": 4, "size": 16, "seed": 4]))
        let same = try small.catalog.makeTask(
            PluginChoice("shapes", ["train_images": 12, "test_images": 4, "size": 16, "seed": 3]))
        #expect(try small.task.dataDigest() == same.dataDigest())
        #expect(try small.task.dataDigest() != other.dataDigest())
    }
}
