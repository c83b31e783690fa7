import HireFiles

extension GlobList {
    /// For each capture point the index of the pattern that chose it last, or nil; a pattern that names a layer means its
    /// output.
    ///
    /// - Throws: `GlobList.Problem` for the first pattern that does nothing.
    public func choose(among points: [String]) throws -> [Int?] {
        try choose(points.count) { $0.selects(capturePoint: points[$1]) }
    }
}

extension Glob {
    /// Whether the pattern means a capture point.
    public func selects(capturePoint name: String) -> Bool {
        if matches(name) { return true }
        let ending = ".output"
        return name.hasSuffix(ending) && matches(String(name.dropLast(ending.count)))
    }
}

extension GlobList.Problem {
    /// The full sentence, with the nearest of the names.
    public func sentence(among names: [String]) -> String {
        switch self {
        case .matchesNothing(let pattern):
            ModuleError.unknown("capture point", pattern, among: names)
        case .removesNothing(let pattern):
            "The pattern '\(pattern)' removes nothing from what the patterns before it chose."
        case .nothingLeft: "The patterns with '!' remove every point that the others chose."
        }
    }
}
