import HireFiles
import HireStudies

/// The outermost fields of a protobuf message, each with its tag in front; all of them hold bytes.
struct ProtobufFormat: FuzzFormat {
    func split(_ bytes: [UInt8]) -> [[UInt8]]? {
        var parts: [[UInt8]] = []
        var position = 0
        while position < bytes.count {
            let tag = bytes[position]
            guard tag & 0x87 == 2 else { return nil }
            position += 1
            var length = 0
            var shift = 0
            while position < bytes.count, shift < 28 {
                length |= Int(bytes[position] & 0x7F) << shift
                shift += 7
                position += 1
                if bytes[position - 1] < 0x80 { break }
            }
            guard position + length <= bytes.count else { return nil }
            parts.append([tag] + bytes[position..<(position + length)])
            position += length
        }
        return parts
    }

    func join(_ parts: [[UInt8]]) -> [UInt8] {
        parts.flatMap { part -> [UInt8] in
            var length = max(0, part.count - 1)
            var head = [part.first ?? 0x0A]
            while length > 0x7F {
                head.append(UInt8(length & 0x7F) | 0x80)
                length >>= 7
            }
            head.append(UInt8(length))
            return head + part.dropFirst()
        }
    }
}

/// Names and contents of a folder's files, in turn; in the input each name stands on a line of its own after `--- `.
struct FolderFormat: FuzzFormat {
    private static let mark = Array("--- ".utf8)

    func split(_ bytes: [UInt8]) -> [[UInt8]]? {
        var parts: [[UInt8]] = []
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            if line.starts(with: Self.mark) {
                parts += [Array("m/".utf8) + line.dropFirst(Self.mark.count), []]
            } else if let last = parts.indices.last {
                parts[last] += line + [0x0A]
            }
        }
        return parts
    }

    func join(_ parts: [[UInt8]]) -> [UInt8] {
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: parts.count - 1, by: 2) {
            bytes += Self.mark
            bytes += parts[index].dropFirst(2)
            bytes.append(0x0A)
            bytes += parts[index + 1]
        }
        return bytes
    }
}

/// A run's folder whose manifest has the ids and the check sum that fit it.
struct RunFolderFormat: FuzzFormat {
    func split(_ bytes: [UInt8]) -> [[UInt8]]? { FolderFormat().split(bytes) }

    func join(_ parts: [[UInt8]]) -> [UInt8] {
        var parts = parts
        for index in stride(from: 0, to: parts.count - 1, by: 2)
        where parts[index] == Array("m/study.json".utf8) {
            parts[index + 1] = ManifestFormat().join([parts[index + 1]])
        }
        return FolderFormat().join(parts)
    }
}

/// The text of a manifest, with ids and check sum put right that stand for what was changed.
struct ManifestFormat: FuzzFormat {
    func split(_ bytes: [UInt8]) -> [[UInt8]]? { [bytes] }

    func join(_ parts: [[UInt8]]) -> [UInt8] {
        let bytes = Array(parts.joined())
        guard var object = try? JSONParser.parse(bytes, source: "fuzz").objectValue else {
            return bytes
        }
        guard let items = object["items"]?.arrayValue else { return bytes }
        let mended = items.map { value -> JSONValue in
            guard var item = value.objectValue,
                let configuration = item["configuration"]?.objectValue,
                let label = item["label"]?.stringValue,
                let made = try? StudyItem(label: label, configuration: Configuration(configuration))
            else { return value }
            item["id"] = .string(made.id)
            item["folder"] = .string(made.folder)
            return .object(item)
        }
        object["items"] = .array(mended)
        let identity: JSONObject = [
            "script": object["script"] ?? .null, "numerics": object["numerics"] ?? .null,
            "items": .array(mended.map { $0["id"] ?? .null }),
        ]
        if let text = try? JSONWriter(order: .sorted).string(.object(identity)) {
            object["run_id"] = .string(SHA256.hex(of: text.utf8))
        }
        guard let sum = try? RunManifest.checkSum(of: object) else { return bytes }
        object["sha256"] = .string(sum)
        let text = try? JSONWriter(order: .sorted, layout: .pretty).string(.object(object))
        return text.map { Array($0.utf8) } ?? bytes
    }
}
