import HireTensor

/// Version 1 of Dragonfly: which crops at high magnification are kept.
///
/// A crop's tokens, behind the projector, are averaged into one vector. For each crop at middle magnification, those at
/// high magnification compete by their product with it; the public code lets crop m of M choose among the m-th of M
/// equal runs of them, counted row by row, whatever the layouts are.
struct ZoomSelection {
    let top: Int

    /// Places of the kept crops, ascending, for each picture: N lists of M times `top`.
    ///
    /// Equals go to the lower place, and what is not a number goes last.
    ///
    /// - Parameters:
    ///   - middle: [N, M, D].
    ///   - high: [N, H, D], H a multiple of M.
    func places(middle: Tensor, high: Tensor) throws -> [[Int]] {
        let (batch, groups, crops) = (middle.shape[0], middle.shape[1], high.shape[1])
        let run = crops / groups
        let products = try middle.matmul(high.transpose(1, 2))
        // A run for shapes and costs has no numbers; any choice costs the same.
        guard products.array.hasValues else {
            let first = (0..<groups).flatMap { group in (0..<top).map { group * run + $0 } }
            return Array(repeating: first, count: batch)
        }
        let scores = try products.array.doubles().map { $0.isNaN ? -Double.infinity : $0 }
        return (0..<batch).map { picture in
            (0..<groups).flatMap { group in
                let start = (picture * groups + group) * crops
                let order = (group * run..<(group + 1) * run).sorted {
                    let (left, right) = (scores[start + $0], scores[start + $1])
                    return left != right ? left > right : $0 < $1
                }
                return order.prefix(top)
            }.sorted()
        }
    }

    /// The kept crops' tokens: [N, H, T, C] to [N, kept, T, C]; gradients reach those that are kept.
    func kept(_ tokens: Tensor, at places: [[Int]]) throws -> Tensor {
        let (batch, crops) = (tokens.shape[0], tokens.shape[1])
        let indices = places.enumerated().flatMap { picture, list in
            list.map { Int32(picture * crops + $0) }
        }
        let rows = try tokens.reshape([batch * crops, tokens.shape[2], tokens.shape[3]])
        return try rows.indexSelect(dim: 0, tokens.context.tensor(indices, [indices.count]))
            .reshape([batch, indices.count / batch, tokens.shape[2], tokens.shape[3]])
    }
}
