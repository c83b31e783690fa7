import HireFiles

/// A self-contained HTML5 page, put together from pieces whose text is always escaped.
///
/// There is no script, no style sheet beside the one inside, and nothing that a browser would have to fetch.
struct HTMLPage {
    /// The heading and the window's title.
    let title: String
    private var body = ""

    init(title: String) { self.title = title }

    /// The bytes of the page so far.
    var byteCount: Int { body.utf8.count + 8192 }

    /// Text as HTML: nothing in it can end an element or an attribute.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\n", "\t": result.unicodeScalars.append(scalar)
            // HTML has no way to write these.
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
                result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    mutating func heading(_ text: String) { body += "<h2>\(Self.escaped(text))</h2>\n" }

    mutating func paragraph(_ text: String) { body += "<p>\(Self.escaped(text))</p>\n" }

    mutating func code(_ text: String) { body += "<pre><code>\(Self.escaped(text))</code></pre>\n" }

    /// A block that is closed until it is clicked; browsers that can print it open do.
    mutating func folded(_ summary: String, code: String) {
        body +=
            "<details><summary>\(Self.escaped(summary))</summary>\n<pre><code>\(Self.escaped(code))</code></pre>\n"
            + "</details>\n"
    }

    /// A list of names and texts.
    mutating func definitions(_ rows: [(String, String)]) {
        if rows.isEmpty { return }
        body += "<table class=\"pairs\">\n<tbody>\n"
        for (name, text) in rows {
            body +=
                "<tr><th scope=\"row\">\(Self.escaped(name))</th><td>\(Self.escaped(text))</td></tr>\n"
        }
        body += "</tbody>\n</table>\n"
    }

    /// A table with a caption; the best of each column is bold.
    mutating func table(_ table: ResultTable) {
        let best = table.columns.indices.map { table.bestRows($0) }
        let sides = table.columns.map { $0.isText ? "" : " class=\"number\"" }
        body += "<div class=\"wide\"><table>\n"
        if !table.caption.isEmpty { body += "<caption>\(Self.escaped(table.caption))</caption>\n" }
        body += "<thead>\n<tr>"
        for (column, side) in zip(table.columns, sides) {
            body += "<th scope=\"col\"\(side)>\(Self.escaped(column.title))</th>"
        }
        body += "</tr>\n</thead>\n<tbody>\n"
        for (number, row) in table.rows.enumerated() {
            body += "<tr>"
            for column in row.indices {
                let text = Self.escaped(row[column].display)
                body +=
                    "<td\(sides[column])>\(best[column].contains(number) ? "<strong>\(text)</strong>" : text)</td>"
            }
            body += "</tr>\n"
        }
        body += "</tbody>\n</table></div>\n"
    }

    /// A drawing, as the plots write them.
    mutating func drawing(_ svg: String, label: String) {
        body += "<figure role=\"img\" aria-label=\"\(Self.escaped(label))\">\n\(svg)</figure>\n"
    }

    /// A picture inside the page.
    mutating func picture(_ png: [UInt8], caption: String) {
        body +=
            "<figure><img alt=\"\(Self.escaped(caption))\" src=\"data:image/png;base64,\(Base64.encode(png))\">"
            + "<figcaption>\(Self.escaped(caption))</figcaption></figure>\n"
    }

    /// The whole page.
    var text: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>\(Self.escaped(title))</title>
        <style>
        \(Self.style)
        </style>
        </head>
        <body>
        <main>
        <h1>\(Self.escaped(title))</h1>
        \(body)</main>
        </body>
        </html>

        """
    }

    private static let style = """
        :root { color-scheme: light dark; --text: #1f2328; --soft: #59636e; --line: #d1d9e0; --ground: #ffffff; --box: #f6f8fa; }
        @media (prefers-color-scheme: dark) {
          :root { --text: #e6edf3; --soft: #9198a1; --line: #3d444d; --ground: #0d1117; --box: #151b23; }
        }
        body { margin: 0; background: var(--ground); color: var(--text); font: 16px/1.5 system-ui, Helvetica, Arial, sans-serif; }
        main { max-width: 64rem; margin: 0 auto; padding: 1.5rem; }
        h1 { font-size: 1.7rem; } h2 { font-size: 1.25rem; margin-top: 2rem; border-bottom: 1px solid var(--line); }
        pre { background: var(--box); padding: 0.7rem; overflow-x: auto; font-size: 0.8rem; line-height: 1.4; }
        .wide { overflow-x: auto; }
        table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
        caption { caption-side: bottom; text-align: left; color: var(--soft); font-size: 0.8rem; padding-top: 0.4rem; }
        th, td { padding: 0.25rem 0.7rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
        th.number, td.number { text-align: right; white-space: nowrap; }
        .pairs td { overflow-wrap: anywhere; }
        figure { margin: 1rem 0; } figure svg, figure img { max-width: 100%; height: auto; background: #ffffff; }
        figcaption, .soft { color: var(--soft); font-size: 0.8rem; }
        summary { cursor: pointer; }
        @media print {
          :root { --text: #000000; --soft: #444444; --line: #bbbbbb; --ground: #ffffff; --box: #f6f8fa; }
          details::details-content { content-visibility: visible; }
          main { max-width: none; padding: 0; } pre { white-space: pre-wrap; } figure, tr { break-inside: avoid; }
        }
        """
}
