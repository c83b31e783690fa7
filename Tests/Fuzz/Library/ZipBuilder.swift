import HireFiles

/// Makes zip files byte by byte, whole or broken.
package struct ZipBuilder {
    package struct Entry {
        package var name: String
        package var data: [UInt8]
        package var method = 0
        package var flags = 0
        /// What the local header says, where it lies.
        package var localName: String?
        package var localSize: Int?
        /// What the directory says, where it lies.
        package var size: Int?
        package var checksum: UInt32?
        package var header: Int?

        package init(name: String, data: [UInt8], header: Int? = nil) {
            self.name = name
            self.data = data
            self.header = header
        }
    }

    package var entries: [Entry]
    package var countInEnd: Int?
    package var directoryStart: Int?
    package var comment: [UInt8] = []
    package var trailing: [UInt8] = []

    package init(_ entries: [Entry]) { self.entries = entries }

    package static func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    package var bytes: [UInt8] {
        var out: [UInt8] = []
        var directory: [UInt8] = []
        for entry in entries {
            let sum = entry.checksum ?? CRC32.of(entry.data)
            let common = { (size: Int, name: String) -> [UInt8] in
                var part = Self.little(entry.flags, 2) + Self.little(entry.method, 2)
                part += Self.little(0, 4) + Self.little(Int(sum), 4)
                part += Self.little(size, 4) + Self.little(size, 4)
                return part + Self.little(name.utf8.count, 2) + Self.little(0, 2)
            }
            let start = out.count
            let localName = entry.localName ?? entry.name
            out += Self.little(0x0403_4B50, 4) + Self.little(0, 2)
            out += common(entry.localSize ?? entry.data.count, localName)
            out += Array(localName.utf8) + entry.data
            directory += Self.little(0x0201_4B50, 4) + Self.little(0, 4)
            directory += common(entry.size ?? entry.data.count, entry.name)
            directory += Self.little(0, 10) + Self.little(entry.header ?? start, 4)
            directory += Array(entry.name.utf8)
        }
        let start = directoryStart ?? out.count
        let count = countInEnd ?? entries.count
        out += directory + Self.little(0x0605_4B50, 4) + Self.little(0, 4)
        out += Self.little(count, 2) + Self.little(count, 2) + Self.little(directory.count, 4)
        return out + Self.little(start, 4) + Self.little(comment.count, 2) + comment + trailing
    }
}
