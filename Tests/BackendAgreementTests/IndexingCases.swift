import HireArray
import HireTestSupport

/// Selecting and scattering by index; repeated indices add in any order, so sums may round.
let indexingCases: [AgreementCase] = Layout.allCases.flatMap { layout in
    [
        AgreementCase("indexSelect \(layout)") { backend in
            try alongAxes { shape, axis in
                var taken = shape
                taken[axis] = 6
                let indices = try backend.indices([6], 2, below: shape[axis])
                return try [DType.float32, .int32, .bfloat16].map { dtype in
                    let x = try backend.input(shape, 1, in: -9...9, layout, dtype)
                    return try backend.filled(taken, dtype) {
                        backend.indexSelect(x, axis: axis, indices, into: $0)
                    }
                }
            }
        },
        AgreementCase("indexAdd \(layout)", relative: 1e-6, absolute: 1e-6) { backend in
            try alongAxes { shape, axis in
                var added = shape
                added[axis] = 6
                let out = try backend.input(shape, 3)
                backend.indexAdd(
                    try backend.input(added, 1, layout), axis: axis,
                    try backend.indices([6], 2, below: shape[axis]), into: out)
                return [out]
            }
        },
        AgreementCase("gather \(layout)") { backend in
            try alongAxes { shape, axis in
                let x = try backend.input(shape, 1, layout)
                return try smallerShapes(shape, axis).map { taken in
                    let indices = try backend.indices(taken, 2, below: shape[axis])
                    return try backend.filled(taken) {
                        backend.gather(x, axis: axis, indices, into: $0)
                    }
                }
            }
        },
        AgreementCase("scatterAdd \(layout)", relative: 1e-6, absolute: 1e-6) { backend in
            try alongAxes { shape, axis in
                try smallerShapes(shape, axis).map { added in
                    let out = try backend.input(shape, 3)
                    backend.scatterAdd(
                        try backend.input(added, 1, layout), axis: axis,
                        try backend.indices(added, 2, below: shape[axis]), into: out)
                    return out
                }
            }
        },
    ]
}

private func alongAxes(_ body: (Shape, Int) throws -> [NDArray]) throws -> [NDArray] {
    try [[7], [5, 37], [2, 3, 17], [3, 2, 4, 2]].flatMap { (shape: Shape) in
        try shape.indices.flatMap { try body(shape, $0) }
    }
}

/// Shapes of indices: as the array itself, longer along the axis, and shorter on the others.
private func smallerShapes(_ shape: Shape, _ axis: Int) -> [Shape] {
    var longer = shape
    longer[axis] = 9
    let shorter = shape.indices.map { $0 == axis ? 2 : max(1, shape[$0] - 1) }
    return [shape, longer, shorter]
}
