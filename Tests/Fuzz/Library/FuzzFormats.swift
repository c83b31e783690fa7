import HireFiles

/// Header and data, with the header's length before them.
struct SafetensorsFormat: FuzzFormat {
    func split(_ bytes: [UInt8]) -> [[UInt8]]? {
        guard bytes.count > 8 else { return nil }
        let length = Int(bytes[0]) | Int(bytes[1]) << 8
        guard 8 + length <= bytes.count else { return nil }
        return [Array(bytes[8..<(8 + length)]), Array(bytes[(8 + length)...])]
    }

    func join(_ parts: [[UInt8]]) -> [UInt8] {
        ZipBuilder.little(parts[0].count, 8) + parts.joined()
    }
}

/// Names and contents of a zip file's entries, in turn.
struct ZipFormat: FuzzFormat {
    func split(_ bytes: [UInt8]) -> [[UInt8]]? {
        let disk = MemoryFileSystem(["a": bytes])
        guard let zip = try? StoredZip.read("a", fileSystem: disk) else { return nil }
        return zip.entries.flatMap { [Array($0.name.utf8), Array(bytes[$0.range])] }
    }

    func join(_ parts: [[UInt8]]) -> [UInt8] {
        let entries = stride(from: 0, to: parts.count - 1, by: 2).map {
            ZipBuilder.Entry(
                name: String(decoding: parts[$0], as: UTF8.self), data: parts[$0 + 1])
        }
        return ZipBuilder(entries).bytes
    }
}

/// The chunks of a PNG, each with its kind in front.
struct PNGFormat: FuzzFormat {
    func split(_ bytes: [UInt8]) -> [[UInt8]]? {
        var parts: [[UInt8]] = []
        var position = 8
        while position + 12 <= bytes.count {
            let length = bytes[position..<(position + 4)].reduce(0) { $0 << 8 | Int($1) }
            guard position + 12 + length <= bytes.count else { return nil }
            parts.append(Array(bytes[(position + 4)..<(position + 8 + length)]))
            position += 12 + length
        }
        return parts
    }

    func join(_ parts: [[UInt8]]) -> [UInt8] {
        let chunks = parts.map { part in
            let body = part + [UInt8](repeating: 0x61, count: max(0, 4 - part.count))
            return ZipBuilder.little(body.count - 4, 4).reversed() + body
                + ZipBuilder.little(Int(CRC32.of(body)), 4).reversed()
        }
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunks.joined()
    }
}

/// The chunks of a WebP, each with its kind in front.
struct WebPFormat: FuzzFormat {
    func split(_ bytes: [UInt8]) -> [[UInt8]]? {
        var parts: [[UInt8]] = []
        var position = 12
        while position + 8 <= bytes.count {
            let length = bytes[(position + 4)..<(position + 8)].reversed()
                .reduce(0) { $0 << 8 | Int($1) }
            guard position + 8 + length <= bytes.count else { return nil }
            let body = bytes[(position + 8)..<(position + 8 + length)]
            parts.append(Array(bytes[position..<(position + 4)]) + body)
            position += 8 + length + length % 2
        }
        return parts
    }

    func join(_ parts: [[UInt8]]) -> [UInt8] {
        let chunks = parts.map { part in
            let kind = part.prefix(4) + [UInt8](repeating: 0x20, count: max(0, 4 - part.count))
            let body = part.dropFirst(4)
            return kind + ZipBuilder.little(body.count, 4) + body
                + [UInt8](repeating: 0, count: body.count % 2)
        }
        let whole = Array("WEBP".utf8) + chunks.joined()
        return Array("RIFF".utf8) + ZipBuilder.little(whole.count, 4) + whole
    }
}
