import Foundation
import HireFiles
import Synchronization
import Testing

/// docs/parity.md: tests of two targets each own a part of it and leave the other's alone.
///
/// `HIRE_WRITE_PARITY=1` writes the page anew (`make goldens` does).
public struct ParityPage {
    /// Whose part it is.
    public enum Part { case models, enrichers }

    private static let enrichersHeading = "## Enrichers"
    private static let lock = Mutex(())

    /// Compares a part with the page, or writes it.
    ///
    /// Figures move with the processor's rounding; what they belong to and that ids are equal does not.
    ///
    /// - Parameter text: the part, which for enrichers begins with `## Enrichers`.
    public static func check(_ part: Part, _ text: String) throws {
        let tests = FilePath.folder(of: FilePath.folder(of: goldenPath("")))
        let path = FilePath.join(tests, "docs/parity.md")
        let stored = try lock.withLock { _ in
            var parts = try read(path)
            if ProcessInfo.processInfo.environment["HIRE_WRITE_PARITY"] != nil {
                switch part {
                case .models: parts.models = text
                case .enrichers: parts.enrichers = text
                }
                try AtomicWriter().write(parts.models + "\n" + parts.enrichers, to: path)
            }
            return part == .models ? parts.models : parts.enrichers
        }
        #expect(skeleton(stored) == skeleton(text), "docs/parity.md is out of date: make goldens")
    }

    private static func read(_ path: String) throws -> (models: String, enrichers: String) {
        let page = String(decoding: try SystemFileSystem().readAll(path), as: UTF8.self)
        let pieces = page.split(separator: "\n" + enrichersHeading, maxSplits: 1)
        let rest = pieces.count > 1 ? enrichersHeading + pieces[1] : ""
        return (String(pieces.first ?? ""), String(rest))
    }

    private static func skeleton(_ text: String) -> String {
        text.replacing(/\b(\d+e-\d+|\d+) \|/, with: "# |")
    }
}
