import HireArray
import HireTestSupport

/// Copies between all dtypes and layouts, and fills: exact.
let copyCases: [AgreementCase] = conversionCases + otherCases

private let conversionCases: [AgreementCase] = DType.allCases.flatMap { from in
    DType.allCases.map { to in
        AgreementCase("copy \(from.shortName) to \(to.shortName)") { backend in
            try Layout.allCases.flatMap { layout in
                // Numbers that every dtype can hold, up to rounding towards zero or to even.
                let source = try backend.input([3, 5, 9], 1, in: 0...200, layout, from)
                let straight = try backend.filled([3, 5, 9], to) {
                    backend.copy(source, into: $0)
                }
                // Into every second column of something larger, which stays as it was elsewhere.
                let wide = try backend.filled([3, 5, 19], to) { out in
                    backend.fill(out, 1)
                    backend.copy(
                        source, into: out.sliced(axis: 2, start: 1, length: 9, step: 2))
                }
                return [straight, wide]
            }
        }
    }
}

private let otherCases: [AgreementCase] = [
    AgreementCase("copy of negative numbers") { backend in
        let source = try backend.input([40], 1, in: -300...300)
        return try [DType.int32, .int64, .float16, .bfloat16, .bool].map { dtype in
            try backend.filled([40], dtype) { backend.copy(source, into: $0) }
        }
    },
    AgreementCase("copy of many transposed elements") { backend in
        let source = try backend.input([4, 300, 301], 1, .transposed)
        return [try backend.filled(source.shape) { backend.copy(source, into: $0) }]
    },
    AgreementCase("fill") { backend in
        try DType.allCases.flatMap { dtype in
            try [[], [7], [3, 70], [0]].map { (shape: Shape) in
                try backend.filled(shape, dtype) { backend.fill($0, 3) }
            }
        }
    },
]
