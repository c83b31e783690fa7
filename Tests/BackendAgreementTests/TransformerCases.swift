import HireArray
import HireTestSupport

/// Cross-entropy, rotary positions and attention.
let transformerCases: [AgreementCase] = lossCases + ropeCases + attentionCases

private let lossCases: [AgreementCase] = Layout.allCases.map { layout in
    AgreementCase("crossEntropy \(layout)", relative: 3e-6, absolute: 2e-6) { backend in
        try [(7, 13), (1, 5), (3, 300)].flatMap { rows, classes in
            var targets = (0..<rows).map { Double(($0 * 5 + 2) % classes) }
            if rows > 2 { targets[1] = -100 }
            let labels = try backend.array(targets, [rows], as: .int32)
            let logits = try backend.input([rows, classes], 1, in: -10...10, layout)
            let gradient = try backend.input([rows], 2, layout)
            let results = try backend.empty([[rows], [rows, classes], [rows, classes]])
            backend.crossEntropy(
                logits, labels, ignoreIndex: -100, into: results[0], probabilities: results[1])
            backend.crossEntropyGradient(
                results[1], labels, ignoreIndex: -100, gradient, into: results[2])
            return results
        }
    }
}

private let ropeCases: [AgreementCase] = Layout.allCases.map { layout in
    AgreementCase("rope \(layout)", relative: 1e-6, absolute: 1e-6) { backend in
        try [[2, 3, 5, 8], [5, 2], [2, 5, 34]].flatMap { (shape: Shape) in
            let half = shape[shape.count - 1] / 2
            let x = try backend.input(shape, 1, layout)
            let cosines = try backend.input([5, half], 2)
            let sines = try backend.input([5, half], 3)
            return try [false, true].map { inverse in
                try backend.filled(shape) {
                    backend.rope(x, cosines: cosines, sines: sines, inverse: inverse, into: $0)
                }
            }
        }
    }
}

/// Query heads, key heads, queries, keys, head size, mask's shape, causal, offset of the first query.
private let attentions: [(Int, Int, Int, Int, Int, Shape?, Bool, Int)] = [
    (2, 2, 5, 5, 8, nil, false, 0),
    (4, 2, 6, 6, 5, nil, true, 0),
    (4, 1, 3, 9, 16, nil, true, 6),
    (3, 3, 1, 12, 7, nil, true, 11),
    (2, 2, 5, 7, 4, [1, 1, 1, 7], false, 0),
    (2, 1, 5, 7, 4, [2, 2, 5, 7], true, 2),
    (2, 2, 33, 65, 16, [33, 65], false, 0),
    (1, 1, 130, 130, 32, nil, true, 0),
]

private let attentionCases: [AgreementCase] = attentionLayoutCases + attentionSpecialCases

private let attentionLayoutCases: [AgreementCase] = Layout.allCases.flatMap { layout in
    attentions.map { heads, keyHeads, queries, keys, width, maskShape, isCausal, offset in
        AgreementCase(
            "attention \(heads)/\(keyHeads) heads \(queries)x\(keys)x\(width) causal \(isCausal) "
                + "mask \(maskShape != nil) \(layout)", relative: 3e-6, absolute: 3e-6
        ) { backend in
            let kernel = AttentionKernel(scale: 0.4, isCausal: isCausal, queryOffset: offset)
            let q = try backend.input([2, heads, queries, width], 1, in: -2...2, layout)
            let k = try backend.input([2, keyHeads, keys, width], 2, in: -2...2, layout)
            let v = try backend.input([2, keyHeads, keys, width], 3, layout)
            let mask = try maskShape.map { try backend.input($0, 4, in: -3...3, layout) }
            let results = try backend.empty([
                q.shape, q.shape, [2, heads, queries, keys], q.shape, k.shape, v.shape,
            ])
            backend.attention(q, k, v, mask: mask, kernel, into: results[0], probabilities: nil)
            backend.attention(
                q, k, v, mask: mask, kernel, into: results[1], probabilities: results[2])
            backend.attentionGradient(
                q, k, v, probabilities: results[2], kernel,
                try backend.input(q.shape, 5, layout), queries: results[3], keys: results[4],
                values: results[5])
            return results
        }
    }
}

private let attentionSpecialCases: [AgreementCase] = [
    AgreementCase("attention with keys masked out", relative: 3e-6, absolute: 3e-6) { backend in
        let q = try backend.input([1, 1, 3, 4], 1)
        let k = try backend.input([1, 1, 4, 4], 2)
        // The last query sees nothing.
        let hidden = -Double.infinity
        let mask = try backend.array(
            [0, hidden, 0, 0, hidden, hidden, hidden, 0, hidden, hidden, hidden, hidden],
            [1, 1, 3, 4], as: .float32)
        let results = try backend.empty([q.shape, [1, 1, 3, 4]])
        backend.attention(
            q, k, k, mask: mask, AttentionKernel(scale: 0.5), into: results[0],
            probabilities: results[1])
        return results
    }
]
