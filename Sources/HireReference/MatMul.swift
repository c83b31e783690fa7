import HireArray

extension ReferenceBackend {
    /// out[..., m, n] = a[..., m, k] * b[..., k, n] (+ bias[n] on every row).
    public func matmul(_ a: NDArray, _ b: NDArray, bias: NDArray?, into out: NDArray) {
        let a = Numbers(a, as: a.shape.planes)
        let b = Numbers(b, as: b.shape.planes)
        let bias = bias.map { Numbers($0) }
        var result = Numbers(zeros: out.shape.planes)
        for batch in 0..<result.shape[0] {
            for row in 0..<result.shape[1] {
                for column in 0..<result.shape[2] {
                    var sum = bias?[column] ?? 0
                    for k in 0..<a.shape[2] { sum += a[batch, row, k] * b[batch, k, column] }
                    result[batch, row, column] = sum
                }
            }
        }
        result.write(to: out)
    }
}
