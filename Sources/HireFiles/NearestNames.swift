/// Suggestions for misspelt names, the same everywhere.
public enum NearestNames {
    /// The known names closest to what was written, best first; empty if none is close.
    ///
    /// Closeness is the number of letters to insert, drop, replace or swap (case costs nothing); a name that
    /// contains what was written, or the reverse, counts as close too.
    public static func nearest(
        to name: String, among known: some Sequence<String>, limit: Int = 3
    ) -> [String] {
        let wanted = Array(name.lowercased().unicodeScalars.prefix(longest))
        if wanted.isEmpty { return [] }
        var ranked: [(cost: Int, name: String)] = []
        for candidate in Set(known) {
            let letters = Array(candidate.lowercased().unicodeScalars.prefix(longest))
            let cost = distance(wanted, letters)
            let allowed = max(1, max(wanted.count, letters.count) / 3)
            if cost <= allowed {
                ranked.append((cost, candidate))
            } else if min(wanted.count, letters.count) >= 3,
                contains(letters, wanted) || contains(wanted, letters)
            {
                ranked.append((allowed + 1 + cost, candidate))
            }
        }
        ranked.sort { ($0.cost, $0.name) < ($1.cost, $1.name) }
        return ranked.prefix(limit).map(\.name)
    }

    /// A full sentence about an unknown name.
    ///
    /// Such as `Unknown enricher 'hrie'; did you mean 'hire'? Known: bicubic, hire.`
    ///
    /// - Parameters:
    ///   - kind: what the name should have named, such as `enricher`.
    ///   - shown: how many known names are listed before `and n more`.
    public static func sentence(
        kind: String, name: String, among known: some Collection<String>, shown: Int = 24
    ) -> String {
        var text = "Unknown \(kind) '\(name)'"
        let close = nearest(to: name, among: known).map { "'\($0)'" }
        switch close.count {
        case 0: text += "."
        case 1: text += "; did you mean \(close[0])?"
        default:
            text +=
                "; did you mean \(close.dropLast().joined(separator: ", ")) or \(close[close.count - 1])?"
        }
        if known.isEmpty { return text + " None is known." }
        text += " Known: " + known.prefix(shown).joined(separator: ", ")
        if known.count > shown { text += " and \(known.count - shown) more" }
        return text + "."
    }

    /// Longer names are compared by their beginnings, so that hostile input stays cheap.
    private static let longest = 128

    private static func contains(_ whole: [Unicode.Scalar], _ part: [Unicode.Scalar]) -> Bool {
        if part.count > whole.count { return false }
        return (0...(whole.count - part.count)).contains { start in
            whole[start..<(start + part.count)].elementsEqual(part)
        }
    }

    /// Edit distance with swaps of neighbours (optimal string alignment).
    static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
        if a.isEmpty { return b.count }
        if b.isEmpty { return a.count }
        var beforeLast = [Int](repeating: 0, count: b.count + 1)
        var last = Array(0...b.count)
        var current = last
        for i in 1...a.count {
            current[0] = i
            for j in 1...b.count {
                let replace = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
                current[j] = min(replace, last[j] + 1, current[j - 1] + 1)
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    current[j] = min(current[j], beforeLast[j - 2] + 1)
                }
            }
            (beforeLast, last, current) = (last, current, beforeLast)
        }
        return last[b.count]
    }
}
