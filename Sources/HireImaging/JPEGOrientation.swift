/// Finds the EXIF orientation of a JPEG.
enum JPEGOrientation {
    /// 1 to 8 as EXIF defines them; 1, upright, if the file says nothing sensible.
    static func read(_ bytes: [UInt8]) -> Int {
        var position = 2
        while position + 4 <= bytes.count, bytes[position] == 0xFF {
            let marker = bytes[position + 1]
            if marker == 0xDA { break }  // pixels begin
            let length = Int(bytes[position + 2]) << 8 | Int(bytes[position + 3])
            let end = position + 2 + length
            if length < 2 || end > bytes.count { break }
            let body = bytes[(position + 4)..<end]
            if marker == 0xE1, body.starts(with: Array("Exif\0\0".utf8)) {
                return orientation(inTIFF: Array(body.dropFirst(6)))
            }
            position = end
        }
        return 1
    }

    private static func orientation(inTIFF bytes: [UInt8]) -> Int {
        let little = bytes.starts(with: [0x49, 0x49])
        func number(_ start: Int, _ count: Int) -> Int? {
            guard start >= 0, start + count <= bytes.count else { return nil }
            let field = bytes[start..<(start + count)]
            return (little ? field.reversed() : Array(field)).reduce(0) { $0 << 8 | Int($1) }
        }
        guard number(2, 2) == 42, let folder = number(4, 4), let entries = number(folder, 2) else {
            return 1
        }
        for entry in 0..<entries {
            let start = folder + 2 + 12 * entry
            guard let tag = number(start, 2) else { return 1 }
            if tag == 0x0112, let value = number(start + 8, 2), (1...8).contains(value) {
                return value
            }
        }
        return 1
    }
}
