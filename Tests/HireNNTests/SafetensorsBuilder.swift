import HireFiles

/// Makes safetensors files byte by byte, whole or broken.
struct SafetensorsBuilder {
    /// The header's JSON.
    var header: String
    /// The length written before the header; its true length if nil.
    var length: UInt64?
    /// The bytes after the header.
    var data: [UInt8]

    init(_ header: String, length: UInt64? = nil, data: [UInt8] = []) {
        self.header = header
        self.length = length
        self.data = data
    }

    var bytes: [UInt8] {
        let text = Array(header.utf8)
        let length = length ?? UInt64(text.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) } + text + data
    }

    /// One tensor's entry.
    static func entry(
        _ name: String, _ dtype: String, _ shape: String, _ begin: String, _ end: String
    ) -> String {
        #""\#(name)":{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":[\#(begin),\#(end)]}"#
    }
}
