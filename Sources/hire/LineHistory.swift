import Glibc
import HireFiles
import HireLua

/// The lines typed before, kept in the state folder of the user (XDG_STATE_HOME).
final class LineHistory {
    private(set) var lines: [String] = []
    private let path: String?
    private static let most = 1000

    /// A history in a file; nil keeps it in memory only.
    init(path: String?) {
        self.path = path
        guard let path, let bytes = try? SystemFileSystem().readAll(path, limit: 4 << 20) else {
            return
        }
        let text = String(decoding: bytes, as: UTF8.self)
        lines = text.split(separator: "\n").suffix(Self.most).map(String.init)
    }

    /// The user's own.
    static func standard() -> LineHistory {
        if let state = Terminal.environment("XDG_STATE_HOME"), state.hasPrefix("/") {
            return LineHistory(path: FilePath.join(state, "hire/history"))
        }
        guard let home = Terminal.environment("HOME"), !home.isEmpty else {
            return LineHistory(path: nil)
        }
        return LineHistory(path: FilePath.join(home, ".local/state/hire/history"))
    }

    /// Adds a line.
    ///
    /// A history that cannot be written is no reason to stop working.
    func add(_ line: String) {
        if line.isEmpty || line == lines.last { return }
        lines.append(line)
        if lines.count > Self.most { lines.removeFirst(lines.count - Self.most) }
        guard let path else { return }
        try? SystemFileSystem().makeFolders(FilePath.folder(of: path))
        try? AtomicWriter().write(lines.joined(separator: "\n") + "\n", to: path)
    }
}
