import HireArray
import HireTestSupport

/// Matrix products; float32 sums of k products of numbers in [-1, 1] may round by about 1e-7 k.
let matmulCases: [AgreementCase] = planeCases + batchCases + viewCases + halfCases

private let planeCases: [AgreementCase] = sizes.flatMap { m, k, n in
    [Layout.contiguous, .transposed, .sliced].flatMap { left in
        [Layout.contiguous, .transposed, .sliced].map { right in
            AgreementCase(
                "matmul \(m)x\(k)x\(n) \(left) \(right)", relative: 1e-6,
                absolute: 1e-6 + 1e-7 * Double(k)
            ) { backend in
                let a = try backend.input([m, k], 1, left)
                let b = try backend.input([k, n], 2, right)
                return try [nil, try backend.input([n], 3)].map { bias in
                    try backend.filled([m, n]) { backend.matmul(a, b, bias: bias, into: $0) }
                }
            }
        }
    }
}

private let batchCases: [AgreementCase] = Layout.allCases.flatMap { left in
    Layout.allCases.map { right in
        AgreementCase(
            "batched matmul \(left) \(right)", relative: 1e-6, absolute: 3e-6
        ) { backend in
            try [[3], [2, 3]].map { (lead: Shape) in
                let a = try backend.input(lead + [9, 17], 1, left)
                let b = try backend.input(lead + [17, 12], 2, right)
                return try backend.filled(lead + [9, 12]) {
                    backend.matmul(a, b, bias: nil, into: $0)
                }
            }
        }
    }
}

private let viewCases: [AgreementCase] = [
    AgreementCase(
        "matmul of tokens with one weight for the batch", relative: 1e-6, absolute: 3e-6
    ) { backend in
        let tokens = try backend.input([4, 10, 33], 1)
        let weight = try backend.input([20, 33], 2).transposed(0, 1).expanded(to: [4, 33, 20])
        let bias = try backend.input([20], 3)
        return [
            try backend.filled([4, 10, 20]) {
                backend.matmul(tokens, weight, bias: bias, into: $0)
            }
        ]
    },
    AgreementCase(
        "matmul over heads that lie inside tokens", relative: 1e-6, absolute: 3e-6
    ) { backend in
        // [b, t, h, d] seen as [b, h, t, d], as attention makes its operands.
        let q = try backend.input([2, 7, 3, 8], 1).permuted([0, 2, 1, 3])
        let k = try backend.input([2, 9, 3, 8], 2).permuted([0, 2, 3, 1])
        return [
            try backend.filled([2, 3, 7, 9]) { backend.matmul(q, k, bias: nil, into: $0) }
        ]
    },
]

private let halfCases: [AgreementCase] = [DType.float16, .bfloat16].flatMap { dtype in
    [(DType.float32, dtype), (dtype, DType.float32)].flatMap { left, right in
        [Layout.contiguous, .transposed, .sliced].map { layout in
            AgreementCase(
                "matmul \(left.shortName) by \(right.shortName) \(layout)", relative: 1e-6,
                absolute: 1e-5
            ) { backend in
                let a = try backend.input([5, 70], 1, layout, left)
                let b = try backend.input([70, 33], 2, layout, right)
                let bias = try backend.input([33], 3)
                return [
                    try backend.filled([5, 33]) { backend.matmul(a, b, bias: bias, into: $0) }
                ]
            }
        }
    }
}

private let sizes: [(Int, Int, Int)] = [
    (1, 1, 1), (3, 5, 7), (1, 128, 31), (31, 128, 1), (17, 33, 9), (64, 64, 64), (130, 70, 65),
]
