/// A set of characters in a pattern: ranges, Unicode categories and other sets.
struct PatternSet: Sendable {
    enum Item: Sendable {
        case range(ClosedRange<UInt32>)
        /// Bits by the raw order of `CharacterKinds.categories`.
        case categories(Set<Unicode.GeneralCategory>)
        case space
        case word
        case not(PatternSet)
    }

    private var items: [Item] = []
    private let isNegated: Bool
    private let ignoresCase: Bool
    private var ascii: (UInt64, UInt64) = (0, 0)

    /// A set of items, or of all characters that are in none of them.
    init(_ items: [Item], negated: Bool = false, ignoringCase: Bool = false) {
        self.items = items
        isNegated = negated
        ignoresCase = ignoringCase
        for value in UInt32(0)..<128 {
            guard let scalar = Unicode.Scalar(value), matches(scalar) else { continue }
            if value < 64 {
                ascii.0 |= 1 << UInt64(value)
            } else {
                ascii.1 |= 1 << UInt64(value - 64)
            }
        }
    }

    /// Whether the set has a character.
    func contains(_ scalar: Unicode.Scalar) -> Bool {
        let value = scalar.value
        if value < 64 { return ascii.0 >> UInt64(value) & 1 == 1 }
        if value < 128 { return ascii.1 >> UInt64(value - 64) & 1 == 1 }
        return matches(scalar)
    }

    private func matches(_ scalar: Unicode.Scalar) -> Bool {
        var found = hasItem(scalar)
        if !found, ignoresCase {
            found = PatternSet.variants(scalar).contains { hasItem($0) }
        }
        return found != isNegated
    }

    private func hasItem(_ scalar: Unicode.Scalar) -> Bool {
        for item in items {
            switch item {
            case .range(let range): if range.contains(scalar.value) { return true }
            case .categories(let set):
                if set.contains(scalar.properties.generalCategory) { return true }
            case .space: if CharacterKinds.isSpace(scalar) { return true }
            case .word: if CharacterKinds.isWord(scalar) { return true }
            case .not(let set): if !set.contains(scalar) { return true }
            }
        }
        return false
    }

    /// The other cases of a character, the long s of `s` included.
    private static func variants(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        let upper = single(scalar.properties.uppercaseMapping)
        let lower = single(scalar.properties.lowercaseMapping)
        let folded = upper.flatMap { single($0.properties.lowercaseMapping) }
        return [upper, lower, folded].compactMap { $0 }
    }

    private static func single(_ text: String) -> Unicode.Scalar? {
        let scalars = text.unicodeScalars
        return scalars.count == 1 ? scalars.first : nil
    }
}
