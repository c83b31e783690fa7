import HireFiles

/// `predictions.jsonl`: what happened sample by sample, one JSON object per line.
enum SampleLines {
    static let fileName = "predictions.jsonl"

    /// Writes the lines, keys sorted; the file is there whole or not at all.
    static func write(_ lines: [JSONObject], to path: String, _ fileSystem: any FileSystem) throws {
        let writer = JSONWriter(order: .sorted)
        try AtomicWriter(fileSystem: fileSystem).write(to: path) { append in
            for line in lines {
                let bytes = Array(try writer.string(.object(line)).utf8) + [0x0A]
                try bytes.withUnsafeBytes { try append($0) }
            }
        }
    }
}
