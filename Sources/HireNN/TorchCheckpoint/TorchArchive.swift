import HireFiles

/// The entries of a PyTorch zip file: the pickle, and where each storage lies.
struct TorchArchive {
    /// The contents of `data.pkl`.
    let pickle: [UInt8]
    /// Where they begin in the file.
    let pickleStart: Int
    private let zip: StoredZip
    private let folder: String

    /// What the first bytes of a file say that it is.
    private enum Kind {
        case zip, barePickle, tar, other(String)
    }

    private static func kind(_ path: String, _ fileSystem: any FileSystem) throws -> Kind {
        guard let status = try fileSystem.status(path), status.kind == .file else {
            throw FileError(.missingInput, path: path, problem: "there is no such file")
        }
        var head = [UInt8](repeating: 0, count: 512)
        let count = try fileSystem.withFile(path, for: .read) { file in
            try head.withUnsafeMutableBytes { try fileSystem.readUpTo(file, at: 0, into: $0) }
        }
        if head.starts(with: [0x50, 0x4B, 0x03, 0x04]) { return .zip }
        if head[257..<262].elementsEqual("ustar".utf8) { return .tar }
        if head[0] == 0x80, (2...5).contains(head[1]) {
            // A safetensors file may begin with these two bytes of a length; its header follows at byte 8.
            if head[8] != UInt8(ascii: "{") { return .barePickle }
        }
        let first = head.prefix(min(count, 4)).map { String($0, radix: 16) }
        return .other(
            count == 0
                ? "an empty file"
                : "a file that begins with the bytes \(first.joined(separator: " "))")
    }

    /// Whether the first bytes of a file are those of a PyTorch file of any age.
    static func looksLikePickle(_ path: String, _ fileSystem: any FileSystem) throws -> Bool {
        if case .other = try kind(path, fileSystem) { return false }
        return true
    }

    /// Throws unless a file begins as a zip file, with what else it seems to be and what to do.
    static func requireZip(_ path: String, _ fileSystem: any FileSystem) throws {
        let old: String
        switch try kind(path, fileSystem) {
        case .zip: return
        case .other(let got):
            throw FileError.badData(
                path, at: 0, "this is no PyTorch file", expected: "a zip file", got: got)
        case .tar: old = "tar"
        case .barePickle: old = "bare pickle"
        }
        throw FileError.badData(
            path, at: 0, "this is a \(old) as PyTorch wrote it before version 1.6",
            expected: "a zip file; where you trust the file, write it anew in Python with "
                + "torch.save(torch.load(path), path)")
    }

    /// Finds the pickle.
    ///
    /// - Throws: `FileError` if this is another kind of zip file.
    init(_ zip: StoredZip, _ fileSystem: any FileSystem) throws {
        let path = zip.path
        let pickles = zip.entries.filter {
            $0.name == "data.pkl" || $0.name.hasSuffix("/data.pkl")
        }
        guard pickles.count == 1, let entry = pickles.first else {
            throw FileError.badData(
                path, "the zip file is none of PyTorch's", expected: "one entry 'data.pkl'",
                got: "\(pickles.count)")
        }
        let folder = String(entry.name.dropLast("data.pkl".count))
        self.folder = folder
        if let stranger = zip.entries.first(where: { !$0.name.hasPrefix(folder) }) {
            throw FileError.badData(
                path, "the entry '\(stranger.name)' lies outside the archive's folder '\(folder)'")
        }
        if zip[folder + "constants.pkl"] != nil {
            throw FileError.badData(
                path, "this is a TorchScript archive, which holds code",
                expected: "weights; write them in Python with torch.save(model.state_dict(), path)")
        }
        guard entry.range.count <= PickleMachine.largestPickle else {
            throw FileError.badData(
                path, at: entry.range.lowerBound, "the pickle is too large",
                expected: "at most \(PickleMachine.largestPickle) bytes",
                got: "\(entry.range.count)")
        }
        self.zip = zip
        pickleStart = entry.range.lowerBound
        let order = zip[folder + "byteorder"]
        pickle = try fileSystem.withFile(path, for: .read) { file in
            if let order { try Self.requireLittleEndian(order, file, fileSystem) }
            return try fileSystem.readExactly(
                file, at: entry.range.lowerBound, count: entry.range.count)
        }
        // PyTorch can be told to write no checksums; the field is zero then.
        guard entry.checksum == 0 || CRC32.of(pickle) == entry.checksum else {
            throw FileError.badData(
                path, at: entry.range.lowerBound, "the checksum of the pickle does not fit")
        }
    }

    private static func requireLittleEndian(
        _ entry: StoredZip.Entry, _ file: OpenFile, _ fileSystem: any FileSystem
    ) throws {
        let start = entry.range.lowerBound
        let bytes = try fileSystem.readExactly(file, at: start, count: min(entry.range.count, 16))
        guard bytes.elementsEqual("little".utf8) else {
            throw FileError.badData(
                file.path, at: start, "the byte order does not fit", expected: "little",
                got: "'\(String(decoding: bytes, as: UTF8.self))'")
        }
    }

    /// The bytes of a storage by the key that the pickle names, or nil if there is none.
    func storage(_ key: String) -> Range<Int>? { zip[folder + "data/" + key]?.range }
}
