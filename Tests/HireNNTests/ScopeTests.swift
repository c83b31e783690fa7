import HireArray
import HireNN
import HireTensor
import HireTestSupport
import Testing

@Suite("Scopes and paths")
struct ScopeTests {
    @Test("A dotted path makes the groups in front of the last name, once")
    func groups() throws {
        let context = makeContext()
        let root = Holder()
        let query = root.scope.child(at: "attention.query", Linear(2, 2, in: context))
        root.scope.child(at: "attention.key", Linear(2, 2, in: context))
        root.scope.child(at: "output", Linear(2, 2, in: context))
        #expect(
            root.modules().map(\.path) == [
                "", "attention", "attention.query", "attention.key", "output",
            ])
        #expect(query.weight.path == "attention.query.weight")
    }

    @Test("Paths are names from the root and follow when a tree grows downwards")
    func paths() throws {
        let context = makeContext()
        let tower = Tower(in: context)
        #expect(tower.stages[1].up.weight.path == "stages.1.0.weight")
        let root = Holder()
        root.scope.child("enricher", tower)
        #expect(tower.stages[1].up.weight.path == "enricher.stages.1.0.weight")
        #expect(tower.scope.path == "enricher")
        #expect(
            root.modules().map(\.path) == [
                "", "enricher", "enricher.stages", "enricher.stages.0", "enricher.stages.0.0",
                "enricher.stages.0.1", "enricher.stages.0.2", "enricher.stages.1",
                "enricher.stages.1.0", "enricher.stages.1.1", "enricher.stages.1.2",
            ])
        #expect(tower.parameters().map(\.path).first == "gain")
        #expect(root.parameterCount == 3 + 2 * (3 * 4 + 4 + 4 * 3 + 3))
        #expect(try root.module(at: "enricher.stages.0") === tower.stages[0])
        #expect(
            message { _ = try root.module(at: "enricher.stage.0") }.contains(
                "did you mean 'enricher.stages.0'"))
    }

    @Test("Names from users are checked with a sentence")
    func names() throws {
        let context = makeContext()
        let holder = Holder()
        try holder.scope.addChild("a", Linear(1, 1, in: context))
        #expect(message { try holder.scope.addChild("a", GELU()) }.contains("'a' is taken"))
        #expect(message { try holder.scope.addChild("b.c", GELU()) }.contains("contains a dot"))
        #expect(message { try holder.scope.addChild("", GELU()) }.contains("needs a name"))
        #expect(message { try holder.scope.addChild("me", holder) }.contains("its own child"))
        let shared = GELU()
        try holder.scope.addChild("b", shared)
        #expect(
            message { try holder.scope.addChild("c", shared) }.contains("already the child 'b'"))
        #expect(
            message { _ = try holder.scope.addParameter("a", [1], .ones, in: context) }.contains(
                "taken"))
    }

    @Test("A child can be replaced in its place, and the old one becomes a root")
    func replacing() throws {
        let context = makeContext()
        let tower = Tower(in: context)
        let root = Holder()
        root.scope.child("enricher", tower)
        root.scope.child("projector", GELU())
        try root.scope.replaceChild("enricher", with: Linear(2, 2, in: context))
        #expect(root.scope.children.map(\.name) == ["enricher", "projector"])
        #expect(root.parameters().map(\.path) == ["enricher.weight", "enricher.bias"])
        #expect(tower.gain.path == "gain")
        #expect(
            message { try root.scope.replaceChild("encoder", with: GELU()) }.contains(
                "Unknown child 'encoder'"))
    }

    @Test("Training and evaluation are inherited, also by children that come later")
    func training() throws {
        let context = makeContext()
        let tower = Tower(in: context)
        #expect(tower.stages[0].dropout.scope.isTraining)
        tower.train(false)
        #expect(!tower.stages[0].dropout.scope.isTraining)
        let late = Dropout(0.5)
        tower.scope.child("late", late)
        #expect(!late.scope.isTraining)
        tower.stages[0].train()
        #expect(tower.stages[0].dropout.scope.isTraining && !tower.stages[1].scope.isTraining)
        tower.train(false)
        #expect(!tower.stages[0].dropout.scope.isTraining)
    }

    @Test("Errors carry the innermost path once")
    func errorPaths() throws {
        let context = makeContext()
        let root = Holder()
        let tower = root.scope.child("enricher", Tower(in: context))
        let text = message { _ = try tower(context.zeros([2, 5])) }
        #expect(text.hasPrefix("enricher.stages.0.0: linear: expected "))
        #expect(text.components(separatedBy: "enricher").count == 2)
        do {
            _ = try tower(context.zeros([2, 5]))
        } catch let error as ModuleError {
            #expect(error.path == "enricher.stages.0.0")
            #expect(error.underlying is ArrayError)
        }
    }

    @Test("A forgotten declaration is found by the mirror")
    func conformance() throws {
        let context = makeContext()
        #expect(ModuleConformance.undeclaredProperties(of: Tower(in: context)) == [])
        let sloppy = Sloppy(in: context)
        #expect(
            ModuleConformance.undeclaredProperties(of: sloppy) == [
                "Sloppy.forgotten", "Sloppy.list",
            ])
    }

    @Test("Every layer declares what it holds")
    func layersConform() throws {
        let context = makeContext()
        let linear = Linear(4, 4, in: context)
        try linear.attach(LoRA(inputs: 4, outputs: 4, rank: 2, alpha: 4, dropout: 0.1, in: context))
        let layers: [any Module] = [
            linear, Conv2d(2, 2, kernel: [3, 3], in: context),
            ConvTranspose2d(2, 2, kernel: [2, 2], in: context), LayerNorm(4, in: context),
            RMSNorm(4, in: context), GroupNorm(groups: 2, 4, in: context),
            BatchNorm2d(3, in: context), Embedding(3, 2, in: context),
            MultiHeadAttention(4, heads: 2, in: context), Sequential([GELU(), SiLU(), ReLU()]),
            Dropout(0.1), Dropout2d(0.1),
        ]
        for layer in layers {
            #expect(ModuleConformance.undeclaredProperties(of: layer) == [])
        }
    }

    @Test("A module made of closures works like any other")
    func runTimeModules() throws {
        let context = makeContext()
        let module = Holder()
        module.scope.declareCapture("output")
        try module.scope.addChild("mix", Linear(2, 2, in: context))
        let gain = try module.scope.addParameter("gain", [2], .constant(2), in: context)
        let mix = try #require(module.scope.children[0].module as? Linear)
        var seen: [String] = []
        let handle = try module.capture(["**"]) { name, _ in seen.append(name) }
        let result = try module.scope.run(in: nil) { try mix(context.ones([1, 2])) * gain.tensor }
        #expect(seen == ["mix.output", "output"])
        #expect(handle.names == ["output", "mix.output"])
        #expect(result.shape == [1, 2])
        #expect(try module.stateDict().names == ["gain", "mix.weight", "mix.bias"])
    }
}

/// A module with nothing of its own, filled at run time.
final class Holder: Module {
    let scope = ModuleScope()
}

/// Forgets to declare two of its properties.
private final class Sloppy: Module {
    let scope = ModuleScope()
    let known: Linear
    let forgotten: Linear?
    let list: [Parameter]

    init(in context: Context) {
        known = scope.child("known", Linear(1, 1, in: context))
        forgotten = Linear(1, 1, in: context)
        let stranger = Linear(1, 1, in: context)
        list = [stranger.weight]
    }
}
