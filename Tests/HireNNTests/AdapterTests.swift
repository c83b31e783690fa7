import HireArray
import HireNN
import HireTensor
import HireTestSupport
import Testing

@Suite("LoRA")
struct AdapterTests {
    @Test("A fresh adapter changes nothing, freezes the base and trains itself")
    func fresh() throws {
        let context = makeContext()
        let tower = Tower(in: context)
        tower.train(false)
        let x = try context.ones([2, 3])
        let before = try tower(x)
        let paths = try tower.addLoRA(["stages.*.0"], rank: 2, alpha: 4, dropout: 0.1)
        #expect(paths == ["stages.0.0", "stages.1.0"])
        try expectClose(try tower(x).array, before.array, "B is zero")
        #expect(tower.stages[0].up.weight.isFrozen && !tower.stages[0].down.weight.isFrozen)
        let names = tower.parameters().map(\.path).filter { $0.contains("lora") }
        #expect(
            names == [
                "stages.0.0.lora_A.weight", "stages.0.0.lora_B.weight", "stages.1.0.lora_A.weight",
                "stages.1.0.lora_B.weight",
            ])
        #expect(tower.capturePoints().contains("stages.1.0.lora_B.output"))
    }

    @Test("Adapters are refused where there is no linear layer or one already")
    func refusals() throws {
        let tower = Tower(in: makeContext())
        let unmatched = message { try tower.addLoRA(["stages.*.q_proj"], rank: 2, alpha: 4) }
        #expect(unmatched.contains("Unknown linear layer 'stages.*.q_proj'"))
        try tower.addLoRA(["stages.0.0"], rank: 2, alpha: 4)
        let twice = message { try tower.addLoRA(["stages.0.0"], rank: 2, alpha: 4) }
        #expect(twice.hasPrefix("stages.0.0: ") && twice.contains("has an adapter already"))
        #expect(message { try tower.addLoRA(["**"], rank: 0, alpha: 4) }.contains("positive rank"))
    }

    @Test("Detaching gives the former layer back")
    func detaching() throws {
        let context = makeContext()
        let layer = Linear(3, 3, in: context)
        let before = try layer.weight.tensor.floats()
        try layer.attach(LoRA(inputs: 3, outputs: 3, rank: 1, alpha: 1, in: context))
        try layer.merge()
        try layer.detachAdapter()
        #expect(!layer.isMerged && layer.adapter == nil)
        #expect(layer.scope.children.isEmpty)
        #expect(try layer.weight.tensor.floats() == before)
        #expect(message { try layer.merge() }.contains("no adapter to merge"))
    }

    @Test("Half-precision weights are merged in their own precision")
    func halfPrecision() throws {
        let context = makeContext()
        let layer = Linear(2, 2, bias: false, in: context)
        layer.freeze()
        try layer.weight.assign(context.backend.array([1, 2, 3, 4], [2, 2], as: .bfloat16))
        try layer.attach(LoRA(inputs: 2, outputs: 2, rank: 1, alpha: 2, in: context))
        let named = Dictionary(uniqueKeysWithValues: layer.parameters().map { ($0, $1) })
        try named["lora_A.weight"]?.assign(context.tensor([1.0, 1.0], [1, 2]).array)
        try named["lora_B.weight"]?.assign(context.tensor([0.5, 0.25], [2, 1]).array)
        try layer.merge()
        #expect(try layer.weight.tensor.dtype == .bfloat16)
        try expectClose(try layer.weight.tensor.array, [2, 3, 3.5, 4.5])
    }
}
