import HireFiles
import HireImaging
import HireTensor
import HireVLM
import Testing

/// What does not fit is refused with a sentence; odd pictures are no reason to fail.
@Suite struct BadCropTests {
    let bench = CropBench()

    @Test(
        arguments: [
            (["grid": 0], ["'grid'", "at least 1", "got 0"]),
            (["grid": -2], ["'grid'", "got -2"]),
            (["grid": 4_000_000_000], ["'grid'", "256 crops"]),
            (["grid": 17], ["'grid'", "256 crops", "got 17"]),
            (
                ["grid": 3],
                ["'upsample'", "3x3 crops of 8 px", "24 px", "there are 16", "high_resolution"]
            ),
            (["grids": 2], ["'grids'", "'grid'"]),
            (["candidates": [[2]]], ["'candidates'", "pairs { rows, columns }", "[2]"]),
            (["candidates": [[2, 2], [0, 4]]], ["'candidates'", "[0, 4]"]),
            (["candidates": [[4_000_000_000, 4_000_000_000]]], ["'candidates'", "256 crops"]),
            (["candidates": [[2, 2], [1, 3]]], ["as many crops", "2x2 has 4", "1x3 has 3"]),
            (
                ["candidates": [[2, 2], [1, 4]], "merge": "spatial", "separator": true],
                ["'candidates'", "as many rows"]
            ),
            (["crop_tokens": -1], ["'crop_tokens'", "at least 0", "-1"]),
            (["token_budget": -5], ["'token_budget'", "at least 0", "-5"]),
            (["token_budget": 19], ["'token_budget'", "is 19", "takes 16 tokens", "makes 20"]),
            (
                ["token_budget": 24, "separator": true],
                ["is 24", "with separators makes 25"]
            ),
            (["crops_at_once": 0], ["'crops_at_once'", "at least 1", "got 0"]),
            (["merge": "rows"], ["'merge'"]),
        ] as [(JSONObject, [String])])
    func anyres(_ options: JSONObject, _ parts: [String]) {
        let text = CropBench.sentence { _ = try bench.enricher("anyres", options) }
        for part in parts { #expect(text.contains(part), "\(text)") }
    }

    @Test(
        arguments: [
            (["version": 3], ["'version'", "1 or 2", "got 3"]),
            (["pool": 3, "class_tokens": false], ["'pool'", "4x4", "got 3"]),
            (["pool": -1, "class_tokens": false], ["'pool'", "got -1"]),
            (
                JSONObject(),
                [
                    "'class_tokens'", "no class token", "select_feature = \"cls_patch\"",
                    "class_tokens = false",
                ]
            ),
            (["top": 0, "version": 1, "class_tokens": false], ["'top'", "1 to 6", "got 0"]),
            (["top": 7, "version": 1, "class_tokens": false], ["'top'", "1 to 6", "got 7"]),
            (["crops_at_once": -1, "class_tokens": false], ["'crops_at_once'", "got -1"]),
            (["cropsatonce": 1], ["'cropsatonce'", "'crops_at_once'"]),
        ] as [(JSONObject, [String])])
    func dragonfly(_ options: JSONObject, _ parts: [String]) {
        let text = CropBench.sentence { _ = try bench.enricher("dragonfly", options) }
        for part in parts { #expect(text.contains(part), "\(text)") }
    }

    @Test func whatJustFitsIsTaken() throws {
        #expect(try bench.enricher("anyres", ["token_budget": 20]).outputTokens == 20)
        #expect(
            try bench.enricher("anyres", ["token_budget": 25, "separator": true]).outputTokens
                == 25)
        #expect(
            try bench.enricher("anyres", ["crop_tokens": 5, "token_budget": 1000]).outputTokens
                == 16 + 4 * 4)
        #expect(try bench.enricher("anyres", ["grid": 1]).outputTokens == 32)
    }

    /// Enlarging what is too small happens only where it was asked for.
    @Test func smallViewsAreEnlargedOnRequestOnly() throws {
        let enlarged = try bench.enricher("anyres", ["grid": 3, "upsample": true])
        #expect(try enlarged(bench.input(bench.positions(1))).tokenCount == 16 * 10)

        let plain = try bench.enricher("dragonfly", ["class_tokens": false])
        let text = CropBench.sentence { _ = try plain(bench.input(bench.positions(1))) }
        #expect(
            text.contains("6x6 crops of 8 px") && text.contains("48 px")
                && text.contains("there are 16") && text.contains("give the pictures"), "\(text)")
        let asked = try bench.enricher("dragonfly", ["class_tokens": false, "upsample": true])
        #expect(try asked(bench.input(bench.positions(1))).tokenCount == 16 + 40)
        // With the picture at hand its own pixels are cut, and nothing is said.
        let picture = try bench.picture(20, 30)
        let views = try bench.host.preprocessing.views(of: [picture], in: bench.context)
        #expect(try plain(bench.input(views.high, pictures: [picture])).tokenCount == 56)
    }

    @Test(arguments: [(1, 1), (1, 300), (300, 1), (2, 3), (257, 19), (16, 16)])
    func oddPicturesAreCutToo(_ width: Int, _ height: Int) throws {
        let picture = try bench.picture(width, height, seed: 1)
        let views = try bench.host.preprocessing.views(of: [picture], in: bench.context)
        for (id, options) in [
            ("anyres", ["candidates": [[2, 2], [1, 4], [4, 1]]]),
            ("dragonfly", ["version": 1, "class_tokens": false]),
            ("dragonfly", ["class_tokens": false]),
        ] as [(String, JSONObject)] {
            let enricher = try bench.enricher(id, options)
            let output = try enricher(bench.input(views.high, pictures: [picture]))
            #expect(output.tokenCount == enricher.outputTokens)
            #expect(try output.sequence().floats().allSatisfy { $0.isFinite })
            // Means of bytes.
            let crops = try #require(output.suffix).floats()
            #expect(crops.allSatisfy { $0 >= 0 && $0 <= 1 } && crops.contains { $0 > 0 })
        }
    }

    @Test func anEncoderThatBreaksItsPromiseIsNamed() throws {
        var bench = self.bench
        bench.prefix = 1
        let enricher = try bench.enricher("dragonfly", ["upsample": true])
        let text = CropBench.sentence {
            _ = try enricher(
                bench.input(
                    bench.positions(1), encode: { try bench.encode($0).withoutPrefix() }))
        }
        #expect(text.contains("promised a class token"), "\(text)")
    }

    @Test func comparingWithoutAProjectorIsASentence() throws {
        let enricher = try bench.enricher(
            "dragonfly", ["version": 1, "class_tokens": false, "upsample": true])
        let whole = try bench.input(bench.positions(1))
        let text = CropBench.sentence {
            _ = try enricher(
                EnricherInput(base: whole.base, image: whole.image, encode: bench.encode))
        }
        #expect(text.contains("no projector"), "\(text)")
    }
}
