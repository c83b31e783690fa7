import Foundation
import HireFiles
import HireImaging

/// A run as one HTML file that opens anywhere, for years: no network, no scripts, no files beside it.
///
/// Everything in it comes from the folder, so equal folders give equal bytes: no moment of its own, times are the journal's.
public struct RunReport {
    /// The largest file that is written.
    public static let largest = 5 << 20

    /// Rows beyond which a table of items is left to `hire table`.
    private static let largestTable = 400

    private let contents: RunContents
    private let results: RunResults
    private let limit: Int
    private var page: HTMLPage

    /// A report on a run.
    ///
    /// - Parameter limit: the most bytes that the file may have; pictures are left out, the largest first.
    public init(_ contents: RunContents, limit: Int = RunReport.largest) {
        self.contents = contents
        self.limit = limit
        results = RunResults(contents)
        page = HTMLPage(title: RunReport.title(contents))
    }

    /// The page.
    ///
    /// - Throws: what reading the folder throws; `FileError` if text alone exceeds the limit.
    public func html() throws -> String {
        var report = self
        try report.addSummary()
        report.addRerun()
        try report.addTables()
        try report.addPlots()
        try report.addConfiguration()
        report.addFailures()
        try report.addProvenance()
        try report.addDigest()
        try report.addPictures()
        let text = report.page.text
        guard text.utf8.count <= limit else {
            throw FileError(
                .cannotCreate, path: contents.folder.location("report.html"),
                problem: "the report is too large", expected: "at most \(bytes(limit))",
                got: bytes(text.utf8.count))
        }
        return text
    }

    /// The folder's name says most; it is the same wherever the folder is looked at from.
    private static func title(_ contents: RunContents) -> String {
        "\(folderName(contents)): \(contents.manifest.kind)"
    }

    private static func folderName(_ contents: RunContents) -> String {
        FilePath.name(of: URL(fileURLWithPath: contents.folder.path).standardizedFileURL.path)
    }

    private mutating func addSummary() throws {
        let manifest = contents.manifest
        let done = contents.items.count { $0.state == .done }
        page.paragraph(
            "\(done) of \(contents.items.count) items are finished"
                + (done < contents.items.count
                    ? ": "
                        + ItemStatus.State.allCases.compactMap { state in
                            let count = contents.items.count { $0.state == state }
                            return count == 0 ? nil : "\(count) \(state.rawValue)"
                        }.joined(separator: ", ") : "") + ".")
        var rows = [("study", manifest.kind), ("run", try manifest.runID())]
        for (key, value) in manifest.description.members {
            rows.append((key.replacing("_", with: " "), try RunReport.written(value)))
        }
        let times = contents.journal.records.map(\.utc).sorted()
        if let first = times.first, let last = times.last {
            rows += [("first line of the journal", first), ("last line of the journal", last)]
        }
        page.definitions(rows)
    }

    private mutating func addRerun() {
        page.heading("How to run it again")
        if let script = contents.manifest.script {
            var words = ["hire", "run", script.path, "--out", RunReport.folderName(contents)]
            words += script.overrides
            if !script.arguments.isEmpty { words += ["--"] + script.arguments }
            page.code(words.map(RunReport.shellWord).joined(separator: " "))
            page.paragraph(
                "Toolkit \(contents.manifest.toolkit), numbers of version \(contents.manifest.numerics); the script's "
                    + "SHA-256 is \(script.sha256).")
        } else {
            page.paragraph("The study was not made by a script.")
        }
        if let text = text("script.lua") { page.folded("The script as it was run", code: text) }
    }

    private mutating func addTables() throws {
        page.heading("Results")
        guard !results.finished.isEmpty else {
            page.paragraph("Nothing is finished yet.")
            return
        }
        do {
            page.table(try ResultTable(results))
            if results.finished.count > RunReport.largestTable {
                page.paragraph("The items one by one: hire table --all-seeds.")
            } else if results.planned.values.contains(where: { $0 > 1 }) {
                var options = TableOptions()
                options.allSeeds = true
                page.table(try ResultTable(results, options: options))
            }
        } catch let error as FileError {
            page.paragraph("The table cannot be made: \(error)")
        }
    }

    private mutating func addPlots() throws {
        let plots = try RunPlots(contents, results).drawings()
        if plots.isEmpty { return }
        page.heading("Plots")
        for plot in plots { page.drawing(plot.svg, label: plot.label) }
    }

    private mutating func addConfiguration() throws {
        page.heading("Configuration")
        let items = contents.manifest.items
        let flat = try items.map { try RunReport.flat($0.configuration) }
        var keys: [String] = []
        for configuration in flat {
            for key in configuration.map(\.0) where !keys.contains(key) { keys.append(key) }
        }
        let values = flat.map { Dictionary($0, uniquingKeysWith: { first, _ in first }) }
        let different = keys.filter { key in Set(values.map { $0[key] }).count > 1 }.sorted()
        if different.isEmpty {
            if items.count > 1 { page.paragraph("All items have one configuration.") }
        } else {
            var table = ResultTable(
                caption: "What differs between the items; everything else is the same.",
                columns: [.init("item", "item", isText: true)]
                    + different.map { .init($0, $0, isText: true) })
            for (item, own) in zip(items, values).prefix(RunReport.largestTable) {
                table.append([.text(item.label)] + different.map { .text(own[$0] ?? "–") })
            }
            page.table(table)
            if items.count > RunReport.largestTable {
                page.paragraph(
                    "\(items.count - RunReport.largestTable) more items are in study.json.")
            }
        }
        if let first = items.first {
            let writer = JSONWriter(order: .sorted, layout: .pretty)
            page.folded(
                "The whole configuration of '\(first.label)'",
                code: try writer.string(.object(first.configuration.json)))
        }
    }

    private mutating func addFailures() {
        let failed = contents.items.filter { $0.state == .failed || $0.state == .damaged }
        if failed.isEmpty { return }
        page.heading("Failures")
        for status in failed {
            let words =
                status.state == .failed
                ? status.record?.error ?? "no error was recorded"
                : status.problems.map { "\($0)" }.joined(separator: "; ")
            page.paragraph("\(status.item.label): \(words)")
        }
    }

    private mutating func addProvenance() throws {
        let names = try contents.folder.files(beneath: "provenance")
        let records = names.filter { FilePath.fileExtension(of: $0) == "json" }
        if records.isEmpty { return }
        page.heading("Where and with what")
        var room = 1 << 20
        for name in records {
            guard let text = text(name), case .object(let json)? = try? JSONParser.parse(text)
            else {
                page.paragraph("\(name) cannot be read.")
                continue
            }
            page.definitions(try RunReport.flat(Configuration(json)))
            let difference = String(name.dropLast(5)) + ".diff"
            if names.contains(difference), let text = self.text(difference) {
                guard room > 0 else {
                    page.paragraph(
                        "What the folder had changed since the commit is in \(difference).")
                    continue
                }
                room -= text.utf8.count
                page.folded(
                    "What the working folder had changed since the commit (git diff)",
                    code: RunReport.shortened(text, 256 << 10))
            }
        }
    }

    private mutating func addDigest() throws {
        page.heading("Digest")
        do {
            page.code(try RunDigest(contents).digest)
            page.paragraph(
                "Two runs of this study have the same digest if and only if they found the same (hire digest)."
            )
        } catch let error as FileError {
            page.paragraph("There is none: \(error)")
        }
    }

    // MARK: Pictures

    private mutating func addPictures() throws {
        let fileSystem = contents.folder.fileSystem
        var found: [(name: String, bytes: Int)] = []
        for name in try contents.folder.files(beneath: "pictures")
        where FilePath.fileExtension(of: name) == "png" {
            let size = try fileSystem.status(contents.folder.location(name))?.byteCount ?? 0
            found.append((name, size))
        }
        if found.isEmpty { return }
        page.heading("Pictures")
        // Small ones first, so that as many as can be are there; then the order of names.
        var room =
            limit - page.byteCount - 4096 - found.map { 2 * $0.name.utf8.count + 200 }.reduce(0, +)
        var shown: [String: [UInt8]] = [:]
        var omitted: [String] = []
        for picture in found.sorted(by: { ($0.bytes, $0.name) < ($1.bytes, $1.name) }) {
            guard let png = png(picture.name, room: room / 4 * 3) else {
                omitted.append(picture.name)
                continue
            }
            room -= (png.count + 2) / 3 * 4
            shown[picture.name] = png
        }
        for (name, _) in found {
            if let png = shown[name] { page.picture(png, caption: FilePath.name(of: name)) }
        }
        if !omitted.isEmpty {
            page.paragraph(
                "Left out, because they cannot be read or the page would exceed \(bytes(limit)): "
                    + omitted.sorted().joined(separator: ", ") + ".")
        }
    }

    /// A picture's bytes, scaled down by whole powers of two if there is no room for all of them; nil if nothing helps.
    private func png(_ name: String, room: Int) -> [UInt8]? {
        let path = contents.folder.location(name)
        guard let bytes = try? contents.folder.fileSystem.readAll(path, limit: 64 << 20),
            var image = try? ImageDecoder().decode(bytes, source: path)
        else { return nil }
        if bytes.count <= room { return bytes }
        while image.width > 400, image.height > 100 {
            guard
                let smaller = try? image.resized(width: image.width / 2, height: image.height / 2),
                let encoded = try? smaller.png()
            else { return nil }
            if encoded.count <= room { return encoded }
            image = smaller
        }
        return nil
    }

    // MARK: Words

    private func text(_ name: String) -> String? {
        guard
            let bytes = try? contents.folder.fileSystem.readAll(
                contents.folder.location(name), limit: 4 << 20)
        else { return nil }
        return RunReport.shortened(String(decoding: bytes, as: UTF8.self), 512 << 10)
    }

    private static func shortened(_ text: String, _ limit: Int) -> String {
        text.utf8.count <= limit
            ? text
            : String(decoding: Array(text.utf8.prefix(limit)), as: UTF8.self)
                + "\n… (\(text.utf8.count - limit) more bytes)"
    }

    private static func written(_ value: JSONValue) throws -> String {
        if case .string(let text) = value { return text }
        if case .array(let list) = value, list.allSatisfy({ $0.stringValue != nil }) {
            return list.compactMap(\.stringValue).joined(separator: ", ")
        }
        return try JSONWriter(order: .sorted).string(value)
    }

    private static func flat(_ configuration: Configuration) throws -> [(String, String)] {
        func walk(_ value: JSONValue, _ path: String) throws -> [(String, String)] {
            guard case .object(let object) = value, !object.isEmpty else {
                return [(path, shortened(try written(value), 200))]
            }
            return try object.members.flatMap { key, value in
                try walk(value, path.isEmpty ? key : "\(path).\(key)")
            }
        }
        return try walk(.object(configuration.json), "")
    }

    /// A word as a shell reads it.
    private static func shellWord(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.unicodeScalars.allSatisfy {
                $0.isASCII
                    && ($0.properties.isAlphabetic
                        || "0123456789_-./=,:+@%".unicodeScalars.contains($0))
            }
        return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
