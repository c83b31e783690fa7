import HireArray
import HireFiles
import HireNN
import HireReference

/// Says what this toolkit finds in safetensors files, for a comparison with another reader.
enum SafetensorsJudge {
    /// Prints one JSON line for each path that stands on a line of the list.
    static func run(_ list: String) throws {
        let paths = String(decoding: try SystemFileSystem().readAll(list), as: UTF8.self)
            .split(separator: "\n").map(String.init)
        for path in paths {
            var answer: JSONObject = ["path": .string(path)]
            do {
                answer["tensors"] = .object(try tensors(path))
            } catch {
                answer["error"] = .string("\(error)")
            }
            print(try JSONWriter().string(.object(answer)))
        }
    }

    /// The shape and a digest of the bytes of each tensor.
    private static func tensors(_ path: String) throws -> JSONObject {
        let file = try SafetensorsFile.read(
            path, fileSystem: SystemFileSystem(), backend: ReferenceBackend())
        return JSONObject(
            try file.names.map { name in
                var hash = SHA256()
                let array = try file.tensor(name)
                try SafetensorsFile.withBytes(of: array) { hash.update($0) }
                let shape = array.shape.map { JSONValue.integer(Int64($0)) }
                return (
                    name,
                    [
                        "dtype": .string(array.dtype.rawValue), "shape": .array(shape),
                        "sha256": .string(hash.hexDigest),
                    ]
                )
            })
    }
}
