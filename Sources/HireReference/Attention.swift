import Foundation
import HireArray

extension ReferenceBackend {
    /// Attention of q [b, h, tq, d] over k, v [b, hk, tk, d]; head i reads key head i / (h/hk).
    ///
    /// A query that sees no key at all gives zeros, as in `F.scaled_dot_product_attention`.
    public func attention(
        _ q: NDArray, _ k: NDArray, _ v: NDArray, mask: NDArray?, _ kernel: AttentionKernel,
        into out: NDArray, probabilities: NDArray?
    ) {
        let scoresShape = [q.shape[0], q.shape[1], q.shape[2], k.shape[2]]
        let mask = mask.map { Numbers($0.expanded(to: scoresShape)) }
        let q = Numbers(q)
        let k = Numbers(k)
        let v = Numbers(v)
        let headsPerKey = q.shape[1] / k.shape[1]
        var weights = Numbers(zeros: scoresShape)
        var result = Numbers(zeros: out.shape)
        for b in 0..<q.shape[0] {
            for head in 0..<q.shape[1] {
                let keyHead = head / headsPerKey
                for i in 0..<q.shape[2] {
                    var scores = [Double](repeating: -.infinity, count: k.shape[2])
                    for j in scores.indices where !kernel.isCausal || j <= i + kernel.queryOffset {
                        var dot = 0.0
                        for d in 0..<q.shape[3] { dot += q[b, head, i, d] * k[b, keyHead, j, d] }
                        scores[j] = dot * kernel.scale + (mask?[b, head, i, j] ?? 0)
                    }
                    let highest = scores.max() ?? -.infinity
                    if highest == -.infinity { continue }
                    let exponentials = scores.map { exp($0 - highest) }
                    let total = exponentials.reduce(0, +)
                    for j in scores.indices {
                        weights[b, head, i, j] = exponentials[j] / total
                        for d in 0..<v.shape[3] {
                            result[b, head, i, d] +=
                                weights[b, head, i, j] * v[b, keyHead, j, d]
                        }
                    }
                }
            }
        }
        result.write(to: out)
        if let probabilities { weights.write(to: probabilities) }
    }

    /// Gradients of `attention` given its probabilities.
    public func attentionGradient(
        _ q: NDArray, _ k: NDArray, _ v: NDArray, probabilities: NDArray,
        _ kernel: AttentionKernel, _ gradient: NDArray, queries: NDArray, keys: NDArray,
        values: NDArray
    ) {
        let q = Numbers(q)
        let k = Numbers(k)
        let v = Numbers(v)
        let weights = Numbers(probabilities)
        let gradient = Numbers(gradient)
        let headsPerKey = q.shape[1] / k.shape[1]
        var dq = Numbers(zeros: q.shape)
        var dk = Numbers(zeros: k.shape)
        var dv = Numbers(zeros: v.shape)
        for b in 0..<q.shape[0] {
            for head in 0..<q.shape[1] {
                let keyHead = head / headsPerKey
                for i in 0..<q.shape[2] {
                    // Through out = weights * v, then softmax, then scores = scale * q * k.
                    var dWeights = [Double](repeating: 0, count: k.shape[2])
                    for j in dWeights.indices {
                        for d in 0..<v.shape[3] {
                            let own = gradient[b, head, i, d]
                            dWeights[j] += own * v[b, keyHead, j, d]
                            dv[b, keyHead, j, d] += own * weights[b, head, i, j]
                        }
                    }
                    let mean = dWeights.indices.reduce(0) {
                        $0 + dWeights[$1] * weights[b, head, i, $1]
                    }
                    for j in dWeights.indices {
                        let dScore = weights[b, head, i, j] * (dWeights[j] - mean) * kernel.scale
                        for d in 0..<q.shape[3] {
                            dq[b, head, i, d] += dScore * k[b, keyHead, j, d]
                            dk[b, keyHead, j, d] += dScore * q[b, head, i, d]
                        }
                    }
                }
            }
        }
        dq.write(to: queries)
        dk.write(to: keys)
        dv.write(to: values)
    }
}
