import HireArray
import HireFiles
import HireNN
import HireStudies
import HireTensor
import HireTestSupport
import HireVLM
import Testing

@Suite("Trainer")
struct TrainerTests {
    private func options(_ changes: (inout TrainingOptions) -> Void = { _ in }) throws
        -> TrainingOptions
    {
        var options = try TrainingOptions.decode(SmallStudy.training, plugin: "training")
        changes(&options)
        return options
    }

    @Test("The loss falls, and equal seeds give equal numbers")
    func learns() throws {
        let small = try SmallStudy()
        let run = {
            let trainer = try Trainer(
                small.pipeline(), on: small.task, options: options { $0.steps = 24 })
            try trainer.run()
            return trainer.history
        }
        let first = try run()
        let second = try run()
        #expect(first.map(\.loss) == second.map(\.loss))
        #expect(first.map(\.gradientNorm) == second.map(\.gradientNorm))
        let early = first.prefix(4).map(\.loss).reduce(0, +) / 4
        let late = first.suffix(4).map(\.loss).reduce(0, +) / 4
        #expect(late < 0.7 * early)
        #expect(first[0].learningRate == 0 && first[1].learningRate == 0.01)
    }

    @Test("A stopped run goes on bit by bit", arguments: ["none", "hire"])
    func resumes(enricher: String) throws {
        let small = try SmallStudy()
        let choice: JSONValue =
            enricher == "none"
            ? "none"
            : [
                "id": "hire", "widths": [4, 4], "bottleneck": 4, "convolutions": 1, "key_size": 4,
                "radius": 1,
            ]
        let whole = try Trainer(small.pipeline(choice), on: small.task, options: options())
        try whole.run()

        try withTemporaryFolder { folder in
            let path = folder + "/state.safetensors"
            let stopped = try Trainer(small.pipeline(choice), on: small.task, options: options())
            var asked = 0
            let monitor = RunMonitor(
                progress: RunMonitor.silent.progress,
                checkInterrupt: {
                    asked += 1
                    if asked == 3 { throw Stop() }
                }, say: { _ in })
            #expect(throws: Stop.self) {
                try stopped.run(monitor: monitor) { try $0.save(to: path, digest: "a") }
            }
            #expect(stopped.step == 2)
            let resumed = try Trainer(small.pipeline(choice), on: small.task, options: options())
            #expect(throws: TrainingError.self) { try resumed.restore(from: path, digest: "b") }
            try resumed.restore(from: path, digest: "a")
            try resumed.run()
            #expect(resumed.history.map(\.loss) == whole.history.map(\.loss))
            let expected = try whole.pipeline.stateDict()
            for (name, array) in try resumed.pipeline.stateDict() {
                #expect(try array.floats() == expected[name]?.floats(), "\(name)")
            }
        }
    }

    @Test("Frozen parameters stay, learning-rate patterns must match something")
    func patterns() throws {
        let small = try SmallStudy()
        let pipeline = try small.pipeline()
        let before = try pipeline.stateDict()
        let trainer = try Trainer(
            pipeline, on: small.task,
            options: options {
                $0.freeze = ["encoder"]
                $0.learningRates = ["enricher.**": 0.1, "projector": 0]
                $0.weightDecay = 0
            })
        try trainer.run()
        for (name, array) in try pipeline.stateDict() {
            let stays = name.hasPrefix("encoder") || name.hasPrefix("projector")
            #expect(try (array.floats() == before[name]?.floats()) == stays, "\(name)")
        }
        #expect(throws: ModuleError.self) {
            _ = try Trainer(
                small.pipeline(), on: small.task,
                options: options { $0.learningRates = ["projectr.*": 1] })
        }
        #expect(throws: TrainingError.everythingFrozen) {
            _ = try Trainer(
                small.pipeline(), on: small.task, options: options { $0.freeze = ["**"] })
        }
    }

    @Test("A loss that is not finite names the step and the first module that spoils it")
    func notFinite() throws {
        let small = try SmallStudy()
        let pipeline = try small.pipeline()
        let weight = try pipeline.parameters(matching: "projector.0.weight")[0].parameter
        try weight.assign(
            small.context.full(weight.shape, .infinity).array)
        let trainer = try Trainer(pipeline, on: small.task, options: options())
        do {
            try trainer.run()
            Issue.record("Training went on with infinite weights.")
        } catch let error as TrainingError {
            guard case .lossNotFinite(let step, _, let origin) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(step == 1)
            #expect(origin.contains("projector.0: the output [3, 4, 16] is not finite"))
            #expect(origin.contains("parameter 'weight'"), "\(origin)")
        }
    }

    @Test("Blindfolded training leaves the vision stages alone and still learns")
    func blindfold() throws {
        let small = try SmallStudy()
        let pipeline = try small.pipeline()
        let before = try pipeline.stateDict()
        let trainer = try Trainer(
            pipeline, on: small.task,
            options: options {
                $0.blindfold = true
                $0.steps = 16
            })
        try trainer.run()
        for (name, array) in try pipeline.stateDict() where name.hasPrefix("encoder") {
            #expect(try array.floats() == before[name]?.floats())
        }
        #expect((trainer.history.last?.loss ?? 9) < trainer.history[0].loss)
    }

    @Test("Accumulated micro-batches leave one gradient")
    func accumulates() throws {
        let small = try SmallStudy()
        let trainer = try Trainer(
            small.pipeline(), on: small.task,
            options: options {
                $0.accumulation = 2
                $0.steps = 2
            })
        try trainer.run()
        #expect(trainer.history.count == 2)
        #expect(trainer.history.allSatisfy { $0.gradientNorm > 0 && $0.loss.isFinite })
    }

    @Test("Options out of range and unknown question types are refused")
    func refuses() throws {
        let small = try SmallStudy()
        for change: (inout TrainingOptions) -> Void in [
            { $0.steps = 0 }, { $0.betas = [0.9] }, { $0.learningRate = .nan }, { $0.clip = -1 },
            { $0.typeWeights = ["colr": 1] },
        ] {
            #expect(throws: PluginError.self) {
                _ = try Trainer(small.pipeline(), on: small.task, options: options(change))
            }
        }
    }
}

private struct Stop: Error {}
