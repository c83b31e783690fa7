/// The order in which people number files: `2.h5` before `10.h5`, `capture.h5` before `capture-2.h5`.
public enum NaturalOrder {
    /// Whether a name stands before another.
    ///
    /// Digits are compared as numbers, and what stands before the last dot is compared first.
    public static func precedes(_ left: String, _ right: String) -> Bool {
        let (a, b) = (split(left), split(right))
        if a.stem != b.stem {
            let (x, y) = (parts(a.stem), parts(b.stem))
            for (one, other) in zip(x, y) where one != other {
                return precedes(part: one, other)
            }
            return x.count < y.count
        }
        return a.ending < b.ending
    }

    /// Names in this order.
    public static func sorted(_ names: some Sequence<String>) -> [String] {
        names.sorted { precedes($0, $1) }
    }

    private static func split(_ name: String) -> (stem: Substring, ending: Substring) {
        guard let dot = name.lastIndex(of: "."), !name[dot...].contains("/") else {
            return (name[...], "")
        }
        return (name[..<dot], name[dot...])
    }

    /// Numbers of any length by value, and equal ones by how many zeros stand in front; all else as texts.
    private static func precedes(part left: Substring, _ right: Substring) -> Bool {
        guard left.first.map(isDigit) == true, right.first.map(isDigit) == true else {
            return left < right
        }
        let (a, b) = (left.drop { $0 == "0" }, right.drop { $0 == "0" })
        if a.count != b.count { return a.count < b.count }
        return a == b ? left.count < right.count : a < b
    }

    private static func isDigit(_ character: Character) -> Bool {
        character.isASCII && character.isNumber
    }

    private static func parts(_ text: Substring) -> [Substring] {
        var result: [Substring] = []
        var start = text.startIndex
        for index in text.indices.dropFirst()
        where isDigit(text[index]) != isDigit(text[text.index(before: index)]) {
            result.append(text[start..<index])
            start = index
        }
        if start < text.endIndex { result.append(text[start...]) }
        return result
    }
}
