import HireFiles

/// Which items of a study are meant: globs over labels, or `key=glob` over `id`, `seed`, `variant` and axes.
///
/// Globs are those of module paths, but dots are letters here like all others. A pattern that is a label stands for it.
struct ItemSelection {
    /// The patterns as they were written; none selects everything.
    let patterns: [String]

    /// The items that one of the patterns selects, in their order.
    ///
    /// - Throws: `StudyError.nothingSelected` for a pattern that selects nothing, with the nearest labels.
    func select(from items: [StudyItem]) throws -> [StudyItem] {
        if patterns.isEmpty { return items }
        for pattern in patterns where !items.contains(where: { Self.selects(pattern, $0) }) {
            throw StudyError.nothingSelected(suggestion: Self.complaint(pattern, items))
        }
        return items.filter { item in patterns.contains { Self.selects($0, item) } }
    }

    private static func selects(_ pattern: String, _ item: StudyItem) -> Bool {
        if matches(pattern, item.label) || matches(pattern, item.group)
            || matches(pattern, item.variant)
        {
            return true
        }
        guard let sign = pattern.firstIndex(of: "=") else { return false }
        let glob = String(pattern[pattern.index(after: sign)...])
        switch String(pattern[..<sign]) {
        case "id": return matches(glob, item.id) || (glob.count >= 4 && item.id.hasPrefix(glob))
        case "seed": return item.seed.map { matches(glob, "\($0)") } ?? false
        case "variant": return matches(glob, item.variant)
        case let key: return item.axes[key].map { matches(glob, $0.axisText) } ?? false
        }
    }

    private static func matches(_ glob: String, _ text: String) -> Bool {
        if glob == text { return true }
        return (try? Glob(withoutSegments(glob)))?.matches(withoutSegments(text)) ?? false
    }

    /// Labels are no paths: a dot becomes a letter that ends no segment; `..` stays, for `{20..23}`.
    private static func withoutSegments(_ text: String) -> String {
        text.replacing("..", with: "\u{0}").replacing(".", with: "\u{2024}")
            .replacing("\u{0}", with: "..")
    }

    private static func complaint(_ pattern: String, _ items: [StudyItem]) -> String {
        if let sign = pattern.firstIndex(of: "=") {
            let key = String(pattern[..<sign])
            let keys = ["id", "seed", "variant"] + items.flatMap(\.axes.keys)
            if !keys.contains(key), !key.contains(" ") {
                return "--only \(pattern): "
                    + NearestNames.sentence(
                        kind: "key", name: key, among: Array(Set(keys)).sorted())
            }
        }
        return "--only \(pattern) selects nothing. "
            + NearestNames.sentence(
                kind: "item", name: pattern, among: items.map(\.label), shown: 12)
    }
}

extension JSONValue {
    /// The value as labels show it: texts without quotation marks, everything else as JSON.
    var axisText: String {
        if case .string(let text) = self { return text }
        return (try? JSONWriter(order: .sorted).string(self)) ?? "?"
    }
}
