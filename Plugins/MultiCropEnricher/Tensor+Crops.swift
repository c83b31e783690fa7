import HireTensor

extension Tensor {
    /// Tokens of crops [N, crops, T, C] one crop after the other: [N, S, C].
    ///
    /// - Parameter separator: put in front of all, where it ends the whole picture's tokens, and after each crop.
    func cropByCrop(_ separator: CropSeparator?) throws -> Tensor {
        let (batch, crops, tokens, channels) = (shape[0], shape[1], shape[2], shape[3])
        guard let separator else { return try reshape([batch, crops * tokens, channels]) }
        let ends = try separator.expanded(to: [batch, crops, 1, channels])
        let separated = try Tensor.concat([self, ends], dim: 2)
            .reshape([batch, crops * (tokens + 1), channels])
        let first = try separator.expanded(to: [batch, 1, channels])
        return try Tensor.concat([first, separated], dim: 1)
    }
}
