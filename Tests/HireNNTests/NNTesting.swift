import HireArray
import HireCPU
import HireNN
import HireReference
import HireTensor
import HireTestSupport

/// The back-ends that compute.
enum TestBackend: String, CaseIterable {
    case reference, cpu
}

/// A float32 context, on the reference back-end unless said otherwise.
func makeContext(seed: UInt64 = 7, on backend: TestBackend = .reference) -> Context {
    switch backend {
    case .reference: Context(backend: ReferenceBackend(), seed: seed)
    case .cpu: Context(backend: CPUBackend(threads: 1), seed: seed)
    }
}

/// The arrays of Tests/Goldens/layers/<name>.safetensors, made by generate/layers.py with PyTorch 2.13.0.
struct Golden {
    let name: String
    let arrays: StateDict

    init(_ name: String, in context: Context) throws {
        self.name = name
        arrays = try SafetensorsFile.read(
            goldenPath("layers/\(name).safetensors"), backend: context.backend
        ).stateDict()
    }

    func constant(_ key: String, in context: Context) throws -> Tensor {
        Tensor(try arrays.tensor(key), in: context)
    }

    func variable(_ key: String, in context: Context) throws -> Tensor {
        .variable(try arrays.tensor(key), in: context)
    }
}

/// Two linear layers and a dropout, with an undeclared nothing.
final class Perceptron: Layer {
    let scope = ModuleScope()
    let up: Linear
    let dropout: Dropout
    let down: Linear

    init(_ inputs: Int, _ hidden: Int, _ outputs: Int, in context: Context) {
        up = scope.child("0", Linear(inputs, hidden, in: context))
        dropout = scope.child("1", Dropout(0.5))
        down = scope.child("2", Linear(hidden, outputs, in: context))
        scope.declareCapture("hidden")
    }

    func forward(_ input: Tensor) throws -> Tensor {
        try down(dropout(scope.capture("hidden", up(input).gelu())))
    }
}

/// Two perceptrons in a list under `stages`, and a parameter of its own.
final class Tower: Layer {
    let scope = ModuleScope()
    let stages: ModuleList<Perceptron>
    let gain: Parameter

    init(in context: Context) {
        stages = scope.child(
            "stages", ModuleList((0..<2).map { _ in Perceptron(3, 4, 3, in: context) }))
        gain = scope.parameter("gain", [3], .ones, in: context)
    }

    func forward(_ input: Tensor) throws -> Tensor {
        var x = input
        for stage in stages { x = try stage(x) }
        return try x * gain.tensor
    }
}

/// The text of what a closure throws; empty if it throws nothing.
func message(_ body: () throws -> Void) -> String {
    do {
        try body()
        return ""
    } catch {
        return "\(error)"
    }
}
