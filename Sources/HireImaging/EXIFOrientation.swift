/// Finds the EXIF orientation of a picture: 1 to 8 as EXIF defines them; 1, upright, if the file says nothing sensible.
enum EXIFOrientation {
    /// Of a JPEG, in its first APP1 segment that holds EXIF.
    static func inJPEG(_ bytes: [UInt8]) -> Int {
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

    /// Of a PNG, in its `eXIf` chunk.
    static func inPNG(_ bytes: [UInt8]) -> Int {
        var position = 8
        while position + 8 <= bytes.count {
            let length = bytes[position..<(position + 4)].reduce(0) { $0 << 8 | Int($1) }
            let begin = position + 8
            if length > bytes.count - begin { break }
            if bytes[(position + 4)..<begin].elementsEqual("eXIf".utf8) {
                return orientation(inTIFF: Array(bytes[begin..<(begin + length)]))
            }
            position = begin + length + 4
        }
        return 1
    }

    /// Of a WebP, in its `EXIF` chunk, which some writers begin as JPEG's segment.
    static func inWebP(_ bytes: [UInt8]) -> Int {
        var position = 12
        while position + 8 <= bytes.count {
            let begin = position + 8
            let length = bytes[(position + 4)..<begin].reversed().reduce(0) { $0 << 8 | Int($1) }
            if length > bytes.count - begin { break }
            if bytes[position..<(position + 4)].elementsEqual("EXIF".utf8) {
                var body = bytes[begin..<(begin + length)]
                if body.starts(with: Array("Exif\0\0".utf8)) { body = body.dropFirst(6) }
                return orientation(inTIFF: Array(body))
            }
            position = begin + length + length % 2
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
