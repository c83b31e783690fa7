import HireArray
import HireFiles
import HireHDF5

/// A dataset with one or two axes as CSV: a line per row, a column per position on the second axis.
enum CSVDataset {
    /// Writes a header and the rows; numbers as the shortest texts that read back as the same number of their type.
    static func write(
        _ dataset: JoinedDataset, of source: JoinedShards, _ append: (String) throws -> Void
    ) throws {
        let name = dataset.path.split(separator: "/").last.map(String.init) ?? "value"
        let columns = dataset.shape.count == 2 ? dataset.shape[1] : 1
        let label =
            dataset.axes.count == 2 && !dataset.axes[1].label.isEmpty ? dataset.axes[1].label : name
        let titles = dataset.shape.count == 2 ? (0..<columns).map { "\(label)_\($0)" } : [name]
        try append(titles.map(PlainText.csvField).joined(separator: ",") + "\n")
        if dataset.content == .strings {
            try source.forEachStrings(of: dataset) { texts in
                try append(texts.map { PlainText.csvField($0) + "\n" }.joined())
            }
            return
        }
        var column = 0
        try source.forEachBlock(of: dataset) { _, block in
            var text = ""
            for number in try numbers(block) {
                column += 1
                text += number + (column == columns ? "\n" : ",")
                if column == columns { column = 0 }
            }
            try append(text)
        }
    }

    private static func numbers(_ block: NDArray) throws -> [String] {
        switch block.dtype {
        case .float32: try block.elements(Float.self).map { "\($0)" }
        case .float64: try block.elements(Double.self).map { "\($0)" }
        case .float16: try block.elements(Float16.self).map { "\(Float($0))" }
        case .bfloat16: try block.elements(BFloat16.self).map { "\($0.floatValue)" }
        case .int32: try block.elements(Int32.self).map { "\($0)" }
        case .int64: try block.elements(Int64.self).map { "\($0)" }
        case .uint8: try block.elements(UInt8.self).map { "\($0)" }
        case .bool: try block.elements(Bool.self).map { $0 ? "1" : "0" }
        }
    }
}
