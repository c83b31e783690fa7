/// Texts of users in formats that have characters of their own.
///
/// All of it goes by Unicode scalars: to Swift a line break of Windows is one character, and so is a quotation mark with an accent.
public enum PlainText {
    /// A field of CSV as RFC 4180 wants it: in quotation marks where it has any, or commas or line breaks.
    public static func csvField(_ text: String) -> String {
        let special: Set<Unicode.Scalar> = [",", "\"", "\n", "\r"]
        guard text.unicodeScalars.contains(where: special.contains) else { return text }
        return "\"" + replacing(text) { $0 == "\"" ? "\"\"" : nil } + "\""
    }

    /// The text on one line: each line break becomes a space.
    public static func singleLine(_ text: String) -> String {
        var wasReturn = false
        return replacing(text) { scalar in
            defer { wasReturn = scalar == "\r" }
            switch scalar {
            case "\n": return wasReturn ? "" : " "
            case "\r", "\u{0B}", "\u{0C}", "\u{85}", "\u{2028}", "\u{2029}": return " "
            default: return nil
            }
        }
    }

    /// The text with scalars replaced; nil keeps one.
    public static func replacing(
        _ text: String, _ replacement: (Unicode.Scalar) -> String?
    ) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if let other = replacement(scalar) {
                result.append(contentsOf: other.unicodeScalars)
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }
}
