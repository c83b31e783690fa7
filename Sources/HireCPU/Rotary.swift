import HireArray

extension CPUBackend {
    /// Rotates pairs (j, j + d/2) of x [..., T, d] by angles given as cosines and sines [T, d/2]; `inverse`
    /// rotates back, which is the gradient.
    public func rope(
        _ x: NDArray, cosines: NDArray, sines: NDArray, inverse: Bool, into out: NDArray
    ) {
        if out.count == 0 { return }
        let rank = x.rank
        let (steps, width) = (x.shape[rank - 2], x.shape[rank - 1])
        let half = width / 2
        let source = x.strides[rank - 1] == 1 || width == 1 ? x : dense(x)
        let (c, s) = (dense(cosines), dense(sines))
        let (cs, ss) = (c.floatPointer, s.floatPointer)
        // Rows of x may lie anywhere; the flat row number modulo T is the position.
        let layout = Layout(
            shape: Array(x.shape.dropLast()), strides: [Array(source.strides.dropLast())])
        let rowStep = layout.innerStride(0)
        let (from, target) = (source.floatPointer, out.floatPointer)
        let sign: Float = inverse ? -1 : 1
        parallel(layout.count, grain: max(1, Self.dearGrain / width)) { range in
            layout.forEachRun(in: range) { offsets, position, length in
                for index in 0..<length {
                    let row = from + offsets[0] + index * rowStep
                    let place = target + (position + index) * width
                    let angle = (position + index) % steps * half
                    forEachVector(half) { column, count in
                        let a = loadPartial(row + column, count)
                        let b = loadPartial(row + half + column, count)
                        let cosine = loadPartial(cs + angle + column, count)
                        let sine = loadPartial(ss + angle + column, count) * sign
                        storePartial((a * cosine).addingProduct(-b, sine), place + column, count)
                        storePartial(
                            (b * cosine).addingProduct(a, sine), place + half + column, count)
                    }
                }
            }
        }
        withExtendedLifetime((source, c, s)) {}
    }
}
