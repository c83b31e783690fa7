import HireArray
import Testing

/// Records an issue unless analytic gradients equal central finite differences of <w, forward(x)> for a
/// reproducible w.
///
/// Everything should be float64: with a step of 1e-5 and values around 1, differences are good to about 1e-9.
///
/// - Parameters:
///   - inputs: the arrays to differentiate with respect to; each element is moved by +-`step` in turn.
///   - forward: computes the output from the inputs.
///   - backward: given the inputs, the output and its gradient w, the gradient of each input; an input whose
///     gradient is nil is not checked.
public func expectGradients(
    _ label: String, of inputs: [NDArray], on backend: any Backend, seed: Int = 99,
    step: Double = 1e-5, relative: Double = 1e-6, absolute: Double = 1e-7,
    fileID: String = #fileID, filePath: String = #filePath, line: Int = #line,
    column: Int = #column,
    forward: ([NDArray]) throws -> NDArray,
    backward: ([NDArray], NDArray, NDArray) throws -> [NDArray?]
) throws {
    let output = try forward(inputs)
    let weights = values(output.count, seed: seed)
    let gradient = try backend.array(weights, output.shape, as: output.dtype)
    let analytic = try backward(inputs, output, gradient)
    for (place, input) in inputs.enumerated() {
        guard let found = analytic[place] else { continue }
        let original = try input.doubles()
        func loss(_ index: Int, _ value: Double) throws -> Double {
            var moved = original
            moved[index] = value
            var arguments = inputs
            arguments[place] = try backend.array(moved, input.shape, as: input.dtype)
            return zip(try forward(arguments).doubles(), weights).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let numeric = try original.indices.map { index in
            let above = try loss(index, original[index] + step)
            let below = try loss(index, original[index] - step)
            return (above - below) / (2 * step)
        }
        try expectClose(
            found, numeric, relative: relative, absolute: absolute,
            "\(label), gradient of input \(place)", fileID: fileID, filePath: filePath, line: line,
            column: column)
    }
}
