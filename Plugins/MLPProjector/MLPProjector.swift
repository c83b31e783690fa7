import HireNN
import HireTensor
import HireVLM

/// Linear(in, out), then depth-1 times GELU (erf) and Linear(out, out); named 0, 2 and so on as in LLaVA's checkpoints.
final class MLPProjector: Projector {
    let scope = ModuleScope()
    let inputChannels: Int
    let outputSize: Int
    private var layers: [Linear] = []

    init(_ configuration: MLPProjectorConfiguration, _ host: ProjectorHost) throws {
        guard configuration.depth > 0 else {
            throw PluginError.configuration(
                plugin: "mlp", key: "depth",
                problem: "must be at least 1, got \(configuration.depth)")
        }
        inputChannels = host.inputChannels
        outputSize = host.outputSize
        for index in 0..<configuration.depth {
            let input = index == 0 ? host.inputChannels : host.outputSize
            layers.append(
                scope.child(
                    "\(2 * index)", Linear(input, host.outputSize, in: host.context)))
        }
    }

    func forward(_ input: FeatureMap) throws -> Tensor {
        var x = try layers[0](input.sequence())
        for layer in layers.dropFirst() { x = try layer(x.gelu()) }
        return x
    }
}
