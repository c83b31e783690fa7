import Glibc
import HireLua

/// Reads lines from the user: with editing, history and completion on a terminal, plainly elsewhere.
final class LineEditor {
    private let history: LineHistory
    private let complete: (String) -> (prefix: Int, names: [String])

    init(history: LineHistory, complete: @escaping (String) -> (prefix: Int, names: [String])) {
        self.history = history
        self.complete = complete
    }

    /// The next line; nil at the end of the input.
    func read(prompt: String) -> String? {
        guard Terminal.isInputTerminal, Terminal.isOutputTerminal, let mode = RawMode() else {
            return readLine()
        }
        fflush(nil)
        let line = edit(prompt)
        mode.leave()
        put("\r\n")
        if let line { history.add(line) }
        return line
    }

    private func edit(_ prompt: String) -> String? {
        var line = EditedLine()
        var recalled = history.lines.count
        var draft = ""
        draw(prompt, line)
        while let key = Key.read() {
            switch key {
            case .enter: return line.text
            case .end:
                if line.text.isEmpty { return nil }
                line.deleteForward()
            case .cancel:
                put("^C")
                return ""
            case .up, .down:
                let next = recalled + (key == .up ? -1 : 1)
                if (0...history.lines.count).contains(next) {
                    if recalled == history.lines.count { draft = line.text }
                    recalled = next
                    line = EditedLine(next == history.lines.count ? draft : history.lines[next])
                }
            case .tab: completeName(&line, prompt)
            case .clear: put("\u{1B}[2J\u{1B}[H")
            default: line.apply(key)
            }
            draw(prompt, line)
        }
        return nil
    }

    private func completeName(_ line: inout EditedLine, _ prompt: String) {
        let (prefix, names) = complete(line.before)
        guard let first = names.first else { return }
        let common = names.dropFirst().reduce(first) {
            String(zip($0, $1).prefix { $0 == $1 }.map(\.0))
        }
        if common.count > prefix {
            line.insert(String(common.dropFirst(prefix)))
        } else if names.count > 1 {
            put(
                "\r\n" + names.prefix(60).joined(separator: "  ") + (names.count > 60 ? "  …" : "")
                    + "\r\n")
        }
    }

    private func draw(_ prompt: String, _ line: EditedLine) {
        // The part around the cursor that fits in one row; a wide character may take two columns.
        let room = max(10, Terminal.columns - prompt.count - 1)
        let start = max(0, line.cursor - room + 1)
        let shown = String(line.characters.dropFirst(start).prefix(room))
        put("\r\u{1B}[K" + prompt + shown)
        let back = shown.count - (line.cursor - start)
        if back > 0 { put("\u{1B}[\(back)D") }
    }

    private func put(_ text: String) {
        print(text, terminator: "")
        fflush(nil)
    }
}

/// A line with a cursor.
struct EditedLine {
    private(set) var characters: [Character]
    private(set) var cursor: Int

    init(_ text: String = "") {
        characters = Array(text)
        cursor = characters.count
    }

    var text: String { String(characters) }
    var before: String { String(characters.prefix(cursor)) }

    mutating func insert(_ text: String) {
        characters.insert(contentsOf: text, at: cursor)
        cursor += text.count
    }

    mutating func deleteForward() {
        if cursor < characters.count { characters.remove(at: cursor) }
    }

    mutating func apply(_ key: Key) {
        switch key {
        case .text(let text): insert(text)
        case .left: cursor = max(0, cursor - 1)
        case .right: cursor = min(characters.count, cursor + 1)
        case .home: cursor = 0
        case .lineEnd: cursor = characters.count
        case .delete: deleteForward()
        case .backspace where cursor > 0:
            cursor -= 1
            characters.remove(at: cursor)
        case .cutAfter: characters.removeSubrange(cursor...)
        case .cutBefore:
            characters.removeSubrange(..<cursor)
            cursor = 0
        case .cutWord:
            while cursor > 0, characters[cursor - 1] == " " { apply(.backspace) }
            while cursor > 0, characters[cursor - 1] != " " { apply(.backspace) }
        default: break
        }
    }
}
