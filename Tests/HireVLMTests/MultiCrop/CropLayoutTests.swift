import Builtin
import HireImaging
import HireTensor
import HireVLM
import Testing

@testable import MultiCropEnricher

/// Which layout a picture gets; the numbers were worked out by hand.
@Suite struct CropLayoutTests {
    private func layout(_ rows: Int, _ columns: Int) -> CropLayout {
        CropLayout(rows: rows, columns: columns)
    }

    /// Dragonfly's layouts at middle magnification, in its order, for crops of 336 px.
    ///
    /// A picture as wide as high keeps 672 x 672 = 451,584 pixels in 2x2 and 336 x 336 in a strip. At 4:1, 672 x 168 =
    /// 112,896 pixels against 1344 x 336 = 451,584. The turn is at 2:1, where 672 x 336 = 225,792 meets 1344 x 336 cut to
    /// 672 x 336: equal, and equally wasted, so the first wins.
    @Test(arguments: [
        (1000, 1000, 2, 2), (4000, 1000, 1, 4), (1000, 4000, 4, 1), (2000, 1000, 2, 2),
        (2100, 1000, 1, 4), (1000, 2100, 4, 1), (1900, 1000, 2, 2), (1, 2000, 2, 2),
        // A line of one pixel is nothing when it is shrunk, and stays with the first.
        // Smaller than any layout: every one keeps all of 100 x 100 and wastes as much.
        (100, 100, 2, 2), (400, 100, 2, 2),
        // 700 x 100 shrinks in 2x2 to 672 x 96 and is whole in 1344 x 336.
        (700, 100, 1, 4),
    ])
    func middle(_ width: Int, _ height: Int, _ rows: Int, _ columns: Int) throws {
        let plan = try DragonflyPlan(version: 2)
        let best = CropLayout.best(of: plan.middle, side: 336, width: width, height: height)
        #expect(best == layout(rows, columns), "\(width)x\(height)")
    }

    /// Version 1 at high magnification, 24 crops of 224 px.
    ///
    /// 3000 x 2000 keeps 1344 x 896 in 6 by 4; 2000 x 2000 keeps 896 x 896 in both 6 by 4 and 4 by 6, and the first wins;
    /// 8000 x 3000 is 1792 x 672, the 8 by 3; 6:1 the 12 by 2.
    @Test(arguments: [
        (3000, 2000, 4, 6), (2000, 3000, 6, 4), (2000, 2000, 4, 6), (8000, 3000, 3, 8),
        (3000, 8000, 8, 3), (6000, 1000, 2, 12), (1000, 6000, 12, 2),
    ])
    func high(_ width: Int, _ height: Int, _ rows: Int, _ columns: Int) throws {
        let plan = try DragonflyPlan(version: 1)
        let best = CropLayout.best(of: plan.high, side: 224, width: width, height: height)
        #expect(best == layout(rows, columns), "\(width)x\(height)")
    }

    /// Among layouts of different sizes that keep as much, the smaller one wastes less.
    @Test func leastWasteDecides() {
        let best = CropLayout.best(
            of: [layout(3, 3), layout(2, 2), layout(1, 2)], side: 10, width: 15, height: 9)
        #expect(best == layout(1, 2))
    }

    @Test func versionsHaveTheirCrops() throws {
        #expect(try DragonflyPlan(version: 1).highCrops == 24)
        #expect(try DragonflyPlan(version: 2).highCrops == 36)
        for version in [1, 2] {
            let plan = try DragonflyPlan(version: version)
            #expect(plan.middle.allSatisfy { $0.count == 4 })
            #expect(plan.high.allSatisfy { $0.count == 24 })
        }
    }

    /// The whole stays whole: a picture that is wide is cut into a row, and each crop shows its own part.
    @Test func aPictureIsCutAtItsOwnAspect() throws {
        let bench = CropBench()
        let picture = try bench.picture(128, 32)
        let views = try bench.host.preprocessing.views(of: [picture], in: bench.context)
        let enricher = try bench.enricher(
            "anyres", ["candidates": [[2, 2], [1, 4]], "crop_tokens": 1])
        let tokens = try #require(
            enricher(bench.input(views.high, pictures: [picture])).suffix
        ).array.doubles()
        // Red grows from left to right: four crops, each a quarter further.
        for index in 0..<4 {
            #expect(abs(tokens[3 * index] - (Double(index) + 0.5) / 4) < 0.01)
            #expect(abs(tokens[3 * index + 1] - 0.5) < 0.01)
        }
        // Without the picture there is only the square view, which is cut into squares.
        let square = try #require(enricher(bench.input(views.high)).suffix).array.doubles()
        #expect(square[3] > 2.5 * square[0] && abs(square[0] - square[6]) < 0.01)
    }
}
