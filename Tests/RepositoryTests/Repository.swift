import Foundation

/// The checkout these tests stand in.
enum Repository {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Paths below the root, relative to it, of files with one of the endings; build products are left out.
    static func files(in folders: [String], endings: [String]) -> [String] {
        folders.flatMap { folder -> [String] in
            let base = root.appendingPathComponent(folder)
            guard let walk = FileManager.default.enumerator(atPath: base.path) else {
                return endings.contains { folder.hasSuffix($0) } ? [folder] : []
            }
            return walk.compactMap { $0 as? String }
                .filter { path in endings.contains { path.hasSuffix($0) } }
                .map { "\(folder)/\($0)" }
        }.sorted()
    }

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    static func lines(_ path: String) throws -> [Substring] {
        try text(path).split(separator: "\n", omittingEmptySubsequences: false)
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path)
    }

    static func folders(in path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(path).path)
            .filter { name in
                var isFolder: ObjCBool = false
                let full = root.appendingPathComponent("\(path)/\(name)").path
                return FileManager.default.fileExists(atPath: full, isDirectory: &isFolder)
                    && isFolder.boolValue
            }.sorted()
    }
}
