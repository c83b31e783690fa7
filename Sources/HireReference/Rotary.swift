import HireArray

extension ReferenceBackend {
    /// Rotates pairs (j, j + d/2) of x [..., T, d] by angles given as cosines and sines [T, d/2].
    public func rope(
        _ x: NDArray, cosines: NDArray, sines: NDArray, inverse: Bool, into out: NDArray
    ) {
        var result = Numbers(x, as: x.shape.planes)
        let cosines = Numbers(cosines)
        let sines = Numbers(sines)
        let half = result.shape[2] / 2
        for plane in 0..<result.shape[0] {
            for token in 0..<result.shape[1] {
                for j in 0..<half {
                    let cosine = cosines[token, j]
                    let sine = inverse ? -sines[token, j] : sines[token, j]
                    let first = result[plane, token, j]
                    let second = result[plane, token, j + half]
                    result[plane, token, j] = first * cosine - second * sine
                    result[plane, token, j + half] = second * cosine + first * sine
                }
            }
        }
        result.write(to: out)
    }
}
