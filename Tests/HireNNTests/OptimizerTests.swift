import Foundation
import HireArray
import HireNN
import HireTensor
import HireTestSupport
import Testing

@Suite("Optimisers and schedules")
struct OptimizerTests {
    /// The model of the goldens: Linear(4, 6), tanh, Linear(6, 3).
    private final class Model: Layer {
        let scope = ModuleScope()
        let first: Linear
        let second: Linear

        init(in context: Context) {
            first = scope.child("0", Linear(4, 6, in: context))
            second = scope.child("2", Linear(6, 3, in: context))
        }

        func forward(_ input: Tensor) throws -> Tensor { try second(first(input).tanh()) }

        func groups() throws -> [ParameterGroup] {
            [
                try ParameterGroup(
                    name: "first", of: self, patterns: ["0"], learningRate: 0.05, weightDecay: 0.1),
                try ParameterGroup(
                    name: "second", of: self, patterns: ["2.*"], learningRate: 0.02),
            ]
        }
    }

    /// Five steps against PyTorch's: losses, norms, and every parameter after every step.
    private func check(
        _ name: String, _ backend: TestBackend, clip: Double? = nil,
        _ make: ([ParameterGroup]) throws -> any Optimizer
    ) throws {
        let context = makeContext(on: backend)
        let golden = try Golden(name, in: context)
        let model = Model(in: context)
        try model.load(golden.arrays.below("state"))
        let optimizer = try make(try model.groups())
        let input = try golden.constant("input", in: context)
        let target = try golden.constant("target", in: context)
        let factors = try golden.arrays.tensor("factors").doubles()
        let losses = try golden.arrays.tensor("losses").doubles()
        let schedule = Schedule.cosine(steps: 6, warmup: 2)
        for step in 0..<5 {
            #expect(abs(schedule.factor(step: step + 1) - factors[step]) < 1e-15)
            optimizer.zeroGradients()
            let loss = try (model(input) - target).square().mean()
            #expect(abs(try loss.item() - losses[step]) < 1e-6)
            try loss.backward()
            if let clip {
                let norm = try clipGradientNorm(model.parameters().map(\.parameter), maximum: clip)
                let expected = try golden.arrays.tensor("norms").doubles()[step]
                #expect(abs(norm - expected) < 1e-6 * max(1, expected))
            }
            try optimizer.step(factor: schedule.factor(step: step + 1))
            for (path, parameter) in model.parameters() {
                try expectClose(
                    try parameter.tensor.array, try golden.arrays.tensor("after.\(step).\(path)"),
                    relative: 5e-6, absolute: 5e-6, "\(name) step \(step) \(path)")
            }
        }
    }

    @Test(
        "AdamW as PyTorch, two groups, weight decay, warm-up and cosine",
        arguments: TestBackend.allCases)
    func adamW(_ backend: TestBackend) throws {
        try check("adamw", backend) { try AdamW(groups: $0, betas: (0.9, 0.95)) }
    }

    @Test("AdamW with gradients clipped as PyTorch's", arguments: TestBackend.allCases)
    func clipped(_ backend: TestBackend) throws {
        try check("adamw_clipped", backend, clip: 0.3) { try AdamW(groups: $0) }
    }

    @Test("SGD as PyTorch: plain, with momentum, with Nesterov's", arguments: TestBackend.allCases)
    func sgd(_ backend: TestBackend) throws {
        try check("sgd", backend) { try SGD(groups: $0) }
        try check("sgd_momentum", backend) { try SGD(groups: $0, momentum: 0.9) }
        try check("sgd_nesterov", backend) { try SGD(groups: $0, momentum: 0.9, nesterov: true) }
    }

    @Test("A run that was saved and restored goes on bit by bit")
    func resuming() throws {
        func train(_ model: Model, _ optimizer: AdamW, _ steps: Range<Int>, _ context: Context)
            throws
        {
            for step in steps {
                optimizer.zeroGradients()
                let source = RandomSource(seed: 1).indexed(step)
                try model(context.normal([5, 4], from: source)).square().mean().backward()
                try optimizer.step()
            }
        }
        let context = makeContext()
        let whole = Model(in: context)
        let optimizer = try AdamW(groups: try whole.groups())
        try train(whole, optimizer, 0..<3, context)
        let model = try whole.stateDict()
        let state = try optimizer.stateDict()
        #expect(
            state.names.prefix(3) == ["0.weight.step", "0.weight.exp_avg", "0.weight.exp_avg_sq"])
        try train(whole, optimizer, 3..<6, context)
        let resumed = Model(in: makeContext(seed: 99))
        try resumed.load(model)
        let second = try AdamW(groups: try resumed.groups())
        try second.load(state)
        try train(resumed, second, 3..<6, resumed.scope.context ?? context)
        for (path, parameter) in resumed.parameters() {
            let expected = try whole.stateDict().tensor(path).floats()
            #expect(try parameter.tensor.floats() == expected, "\(path)")
        }
    }

    @Test("A state of other parameters is refused, and nothing changes")
    func foreignState() throws {
        let model = Model(in: makeContext())
        let optimizer = try AdamW(groups: try model.groups())
        let context = makeContext()
        var state = StateDict()
        state["0.weight.step"] = try context.backend.array([Int64(1)], [])
        #expect(message { try optimizer.load(state) }.contains("'0.weight.exp_avg'"))
        state["0.weight.exp_avg"] = try context.zeros([2]).array
        #expect(message { try optimizer.load(state) }.contains("expected shape [6, 4], got [2]"))
        state["0.weight.exp_avg"] = try context.zeros([6, 4]).array
        state["0.weight.exp_avg_sq"] = try context.zeros([6, 4]).array
        state["1.weight.step"] = try context.backend.array([Int64(1)], [])
        #expect(message { try optimizer.load(state) }.contains("'1.weight.step'"))
        #expect(try optimizer.stateDict().isEmpty)
    }

    @Test("Groups must not be empty or share parameters")
    func groups() throws {
        let model = Model(in: makeContext())
        let group = ParameterGroup(name: "a", parameters: [model.first.weight], learningRate: 1)
        var other = group
        other.learningRate = 2
        #expect(
            message { _ = try AdamW(groups: [group, other]) }.contains("'0.weight' stands twice"))
        let empty = ParameterGroup(name: "none", parameters: [], learningRate: 1)
        #expect(message { _ = try SGD(groups: [empty]) }.contains("'none' holds no parameters"))
    }

    @Test("Frozen parameters and those without gradients are left alone")
    func leftAlone() throws {
        let context = makeContext()
        let model = Model(in: context)
        let before = try model.stateDict()
        let optimizer = try AdamW(groups: try model.groups())
        try model.freeze("0")
        try model(context.ones([1, 4])).sum().backward()
        try optimizer.step()
        #expect(try optimizer.stateDict().names.allSatisfy { $0.hasPrefix("2.") })
        try expectClose(try model.first.weight.tensor.array, try before.tensor("0.weight"))
        #expect(try model.second.weight.tensor.floats() != before.tensor("2.weight").floats())
    }

    @Test("A norm that is not finite names the parameter")
    func notFinite() throws {
        let context = makeContext()
        let model = Model(in: context)
        try (model(context.ones([1, 4])).sum() * Double.infinity).backward()
        let parameters = model.parameters().map(\.parameter)
        let text = message { try clipGradientNorm(parameters, maximum: 1) }
        #expect(text.contains("not finite") && text.contains("'0.weight'"))
        #expect(
            try !clipGradientNorm(parameters, maximum: .infinity, allowsNonFinite: true).isFinite)
    }

    @Test("Micro-batches add up to the whole batch")
    func accumulation() throws {
        let context = makeContext()
        let model = Model(in: context)
        let x = try context.normal([4, 4], from: RandomSource(seed: 2))
        try model(x).square().mean().backward()
        let whole = try #require(model.first.weight.gradient)
        model.zeroGradients()
        var accumulation = GradientAccumulation(microBatches: 2)
        #expect(try !accumulation.add(model(x.slice(0, 0, 2)).square().mean()))
        #expect(accumulation.pending == 1)
        #expect(try accumulation.add(model(x.slice(0, 2, 4)).square().mean()))
        let parts = try #require(model.first.weight.gradient)
        try expectClose(parts.array, whole.array, relative: 1e-5, absolute: 1e-6)
    }

    @Test("Schedules at their corners")
    func schedules() {
        let cosine = Schedule.cosine(steps: 100, warmupRatio: 0.03, finalFraction: 0.1)
        #expect(cosine == .cosine(steps: 100, warmup: 3, finalFraction: 0.1))
        #expect(cosine.factor(step: 0) == 0)
        #expect(abs(cosine.factor(step: 2) - 2.0 / 3) < 1e-15)
        #expect(cosine.factor(step: 3) == 1)
        #expect(abs(cosine.factor(step: 100) - 0.1) < 1e-15)
        #expect(abs(cosine.factor(step: 1000) - 0.1) < 1e-15)
        #expect(Schedule.cosine(steps: 0).factor(step: 0) == 1)
        #expect(abs(Schedule.linear(steps: 10, warmup: 2).factor(step: 6) - 0.5) < 1e-15)
        #expect(Schedule.constant(warmup: 4).factor(step: 1) == 0.25)
        #expect(Schedule.constant().factor(step: 0) == 1)
    }
}
