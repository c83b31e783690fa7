import HireNN
import HireTensor
import HireVLM

/// Linear(in, out), then depth-1 times an activation and Linear(out, out); named 0, 2 and so on as in LLaVA's checkpoints.
final class MLPProjector: Projector {
    let scope = ModuleScope()
    let inputChannels: Int
    let outputSize: Int
    private let activation: MLPProjectorConfiguration.Activation
    private var layers: [Linear] = []

    init(_ configuration: MLPProjectorConfiguration, _ host: ProjectorHost) throws {
        let isIdentity = configuration.depth == 0
        guard configuration.depth >= 0, !isIdentity || host.inputChannels == host.outputSize else {
            throw PluginError.configuration(
                plugin: "mlp", key: "depth",
                problem: isIdentity
                    ? "is 0 (identity), which needs \(host.outputSize) channels to come in, not "
                        + "\(host.inputChannels)" : "must be at least 0, got \(configuration.depth)"
            )
        }
        activation = configuration.activation
        inputChannels = host.inputChannels
        outputSize = host.outputSize
        for index in 0..<configuration.depth {
            let input = index == 0 ? host.inputChannels : host.outputSize
            layers.append(
                scope.child(
                    "\(2 * index)",
                    Linear(
                        input, host.outputSize, bias: configuration.bias, in: host.context)))
        }
    }

    func forward(_ input: FeatureMap) throws -> Tensor {
        var x = try input.sequence()
        for (index, layer) in layers.enumerated() {
            x = try layer(index == 0 ? x : activated(x))
        }
        return x
    }

    private func activated(_ x: Tensor) throws -> Tensor {
        switch activation {
        case .gelu: try x.gelu()
        case .geluTanh: try x.gelu(.tanh)
        case .quickGelu: try x.gelu(.quick)
        case .silu: try x.silu()
        case .relu: try x.relu()
        }
    }
}
