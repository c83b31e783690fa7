import Foundation
import HireArray

extension ReferenceBackend {
    /// Cross-entropy per row of logits [n, classes] with int32 targets [n]; ignored rows give 0.
    public func crossEntropy(
        _ logits: NDArray, _ targets: NDArray, ignoreIndex: Int, into losses: NDArray,
        probabilities: NDArray
    ) {
        var softmax = Numbers(logits)
        let targets = Numbers(targets)
        var result = Numbers(zeros: losses.shape)
        let classes = 0..<softmax.shape[1]
        for row in 0..<softmax.shape[0] {
            let highest = classes.map { softmax[row, $0] }.max() ?? 0
            let total = classes.reduce(0) { $0 + exp(softmax[row, $1] - highest) }
            let target = Int(targets[row])
            if target != ignoreIndex {
                precondition(classes.contains(target), "A target must name a class.")
                result[row] = log(total) - (softmax[row, target] - highest)
            }
            for index in classes {
                softmax[row, index] = exp(softmax[row, index] - highest) / total
            }
        }
        result.write(to: losses)
        softmax.write(to: probabilities)
    }

    /// Gradient of `crossEntropy`: (probability - one-hot target) * gradient; 0 in ignored rows.
    public func crossEntropyGradient(
        _ probabilities: NDArray, _ targets: NDArray, ignoreIndex: Int, _ gradient: NDArray,
        into out: NDArray
    ) {
        let probabilities = Numbers(probabilities)
        let targets = Numbers(targets)
        let gradient = Numbers(gradient)
        var result = Numbers(zeros: out.shape)
        for row in 0..<out.shape[0] where Int(targets[row]) != ignoreIndex {
            for index in 0..<out.shape[1] {
                let truth: Double = index == Int(targets[row]) ? 1 : 0
                result[row, index] = (probabilities[row, index] - truth) * gradient[row]
            }
        }
        result.write(to: out)
    }
}
