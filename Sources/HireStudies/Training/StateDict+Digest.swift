import HireArray
import HireFiles
import HireNN

extension StateDict {
    /// SHA-256 over texts and every array's name, dtype, shape and bytes, both sorted by name, in hexadecimal.
    func digest(with texts: [String: String]) throws -> String {
        var hash = SHA256()
        // Lengths stand in front, so that no two states write the same bytes.
        func add(_ text: String) {
            var text = text
            var count = UInt64(text.utf8.count)
            withUnsafeBytes(of: &count) { hash.update($0) }
            text.withUTF8 { hash.update(UnsafeRawBufferPointer($0)) }
        }
        for (key, text) in texts.sorted(by: { $0.key < $1.key }) {
            add(key)
            add(text)
        }
        for name in names.sorted() {
            guard let array = self[name] else { continue }
            add(name)
            add("\(array.dtype.rawValue) \(array.shape)")
            try SafetensorsFile.withBytes(of: array) { hash.update($0) }
        }
        return hash.hexDigest
    }
}
