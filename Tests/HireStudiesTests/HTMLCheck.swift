/// A strict reader of HTML: every element is closed in order, every attribute quoted, every text escaped, nothing is fetched.
enum HTMLCheck {
    private static let void: Set = [
        "meta", "img", "br", "hr", "link", "input", "rect", "polyline", "circle", "line", "path",
    ]

    /// What is wrong with a page; empty if nothing is.
    static func problems(_ html: String) -> [String] {
        var problems: [String] = []
        var open: [String] = []
        let text = Array(html.unicodeScalars)
        var position = 0
        func rest(_ prefix: String) -> Bool {
            let wanted = Array(prefix.unicodeScalars)
            return position + wanted.count <= text.count
                && text[position..<(position + wanted.count)].elementsEqual(wanted)
        }
        guard html.hasPrefix("<!DOCTYPE html>\n") else { return ["no doctype"] }
        position = 15
        while position < text.count {
            if open.last == "style", !rest("</style>") {
                position += 1
                continue
            }
            switch text[position] {
            case "<":
                guard let end = text[position...].firstIndex(of: ">") else {
                    return problems + ["an open <"]
                }
                var tag = String(String.UnicodeScalarView(text[(position + 1)..<end]))
                position = end + 1
                if tag.hasPrefix("/") {
                    let name = String(tag.dropFirst())
                    if open.popLast() != name {
                        problems.append("</\(name)> closes something else")
                    }
                    continue
                }
                let selfClosed = tag.hasSuffix("/")
                if selfClosed { tag.removeLast() }
                let name = String(tag.prefix { $0.isLetter || $0.isNumber })
                if name.isEmpty { problems.append("a < that is no tag") }
                if name == "script" || name == "iframe" || name == "object" || name == "link" {
                    problems.append("a \(name)")
                }
                problems += attributes(String(tag.dropFirst(name.count)), name)
                if !selfClosed, !void.contains(name) { open.append(name) }
            case "&":
                guard let end = text[position...].prefix(8).firstIndex(of: ";") else {
                    problems.append("a bare &")
                    position += 1
                    continue
                }
                position = end + 1
            case ">": problems.append("a bare >"); position += 1
            default:
                if text[position].value < 0x20, text[position] != "\n", text[position] != "\t" {
                    problems.append("a control character")
                }
                position += 1
            }
        }
        if !open.isEmpty { problems.append("not closed: \(open)") }
        return problems
    }

    private static func attributes(_ text: String, _ tag: String) -> [String] {
        var problems: [String] = []
        var rest = Substring(text)
        while let start = rest.firstIndex(where: { $0 != " " && $0 != "\n" }) {
            rest = rest[start...]
            let name = rest.prefix { $0.isLetter || "-:".contains($0) || $0.isNumber }
            rest = rest.dropFirst(name.count)
            guard !name.isEmpty, rest.hasPrefix("=\""),
                let end = rest.dropFirst(2).firstIndex(of: "\"")
            else {
                return problems + ["an attribute of \(tag) is not quoted: \(rest.prefix(30))"]
            }
            let value = rest.dropFirst(2)[..<end]
            if value.contains("<") { problems.append("a < in \(name)") }
            if name.hasPrefix("on") { problems.append("an event: \(name)") }
            if ["src", "href", "xlink:href", "data", "action"].contains(String(name)),
                !value.hasPrefix("data:image/png;base64,")
            {
                problems.append("\(name) leads out: \(value.prefix(40))")
            }
            rest = rest[end...].dropFirst()
        }
        return problems
    }
}
