import HireFiles

/// What is kept of a point instead of all its numbers.
public enum CaptureReduction: Sendable, Equatable {
    /// The mean over tokens, over rows and columns of a map, or over the queries of attention.
    case mean
    /// The largest values along the features (the keys of attention), largest first, and where they stood.
    case topK(Int)
    /// Coordinates of the features along their principal components.
    ///
    /// Without a basis one is fitted: to the first so many samples of a study, or to the one picture at hand.
    case principalComponents(Int, basis: PrincipalComponents?, samples: Int)

    /// As configurations spell it; a given basis enters by the digest of its numbers.
    var json: JSONValue {
        switch self {
        case .mean: return "mean"
        case .topK(let count): return ["top_k": .integer(Int64(count))]
        case .principalComponents(let count, let basis, let samples):
            var object: JSONObject = ["pca": .integer(Int64(count))]
            guard let basis else {
                object["samples"] = .integer(Int64(samples))
                return .object(object)
            }
            var digest = SHA256()
            for numbers in [basis.mean] + basis.directions {
                numbers.withUnsafeBytes { digest.update($0) }
            }
            object["basis"] = .string(digest.hexDigest)
            return .object(object)
        }
    }
}
