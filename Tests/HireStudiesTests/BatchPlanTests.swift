import HireStudies
import HireVLM
import Testing

@Suite("Batch plans")
struct BatchPlanTests {
    private let samples = (0..<60).map { index in
        Sample(
            id: "\(index)", imageIndex: index / 6, question: "q", answer: "a", type: index % 3)
    }

    @Test("A batch depends on its number only, and an epoch shows each picture once")
    func repeats() {
        let plan = BatchPlan(samples, weights: .init([1, 1, 1]), images: 5, questions: 2, seed: 7)
        let again = BatchPlan(samples, weights: .init([1, 1, 1]), images: 5, questions: 2, seed: 7)
        #expect(plan.batchesPerEpoch == 2)
        let third = plan.batch(at: 3)
        for index in [0, 1, 2] { _ = again.batch(at: index) }
        #expect(again.batch(at: 3) == third)
        let epoch = plan.batch(at: 4).images + plan.batch(at: 5).images
        #expect(epoch.sorted() == Array(0..<10))
        #expect(plan.batch(at: 0).images != plan.batch(at: 2).images)
        for draw in third.questions {
            #expect(samples[draw.sample].imageIndex == third.images[draw.image])
        }
    }

    @Test("Weights decide how often a question type is drawn")
    func weights() {
        let plan = BatchPlan(samples, weights: .init([0, 3, 1]), images: 10, questions: 8, seed: 1)
        var counts = [0, 0, 0]
        for index in 0..<50 {
            for draw in plan.batch(at: index).questions { counts[samples[draw.sample].type] += 1 }
        }
        #expect(counts[0] == 0)
        // 4,000 draws with p = 3/4: five standard deviations are 137.
        #expect(abs(counts[1] - 3000) < 137)
    }

    @Test("Weights move in a straight line and then stay")
    func ramp() {
        let weights = BatchPlan.Weights([1, 8, 1], to: [2, 1, 7], over: 600)
        #expect(weights.at(0) == [1, 8, 1])
        #expect(weights.at(300) == [1.5, 4.5, 4])
        #expect(weights.at(600) == [2, 1, 7] && weights.at(5000) == [2, 1, 7])
    }

    @Test("Another seed gives another order")
    func seeds() {
        let one = BatchPlan(samples, weights: .init([1, 1, 1]), images: 10, questions: 2, seed: 1)
        let two = BatchPlan(samples, weights: .init([1, 1, 1]), images: 10, questions: 2, seed: 2)
        #expect(one.batch(at: 0) != two.batch(at: 0))
    }
}
