import HireArray
import HireFiles
import HireNN
import HireReference
import HireTestSupport
import Testing

@Suite("Sharded safetensors")
struct ShardedTests {
    private let backend = ReferenceBackend()
    private let folder: TemporaryFolder
    private let index: String

    init() throws {
        folder = try TemporaryFolder()
        index = folder.file("model.safetensors.index.json")
        for (shard, names) in [("one.safetensors", ["a", "b"]), ("two.safetensors", ["c"])] {
            var state = StateDict()
            for name in names {
                state[name] = try backend.array([Float(name.utf8.first ?? 0)], [1])
            }
            try SafetensorsFile.write(state, to: folder.file(shard))
        }
    }

    private func writeIndex(_ map: JSONObject, total: JSONValue = 12) throws {
        let value: JSONValue = ["metadata": ["total_size": total], "weight_map": .object(map)]
        try AtomicWriter().write(try JSONWriter().string(value), to: index)
    }

    private func refusal() -> String {
        message { _ = try ShardedSafetensors.read(index, backend: backend) }
    }

    private let good: JSONObject = [
        "a": "one.safetensors", "b": "one.safetensors", "c": "two.safetensors",
    ]

    @Test("Tensors come from the shard that holds them")
    func reading() throws {
        try writeIndex(good)
        let weights = try WeightFolder.read(folder.path, backend: backend)
        #expect(weights.names == ["a", "b", "c"])
        #expect(try weights.tensor("c").floats() == [99])
        #expect(weights.shape(of: "b") == [1] && weights.shape(of: "d") == nil)
        #expect(message { _ = try weights.tensor("d") }.contains("Unknown tensor 'd'"))
        try writeIndex(good, total: 12.0)
        _ = try ShardedSafetensors.read(index, backend: backend)
    }

    @Test("Index and shards must agree")
    func disagreements() throws {
        var map = good
        map["c"] = "one.safetensors"
        try writeIndex(map)
        #expect(
            refusal().contains(
                "the tensor 'c' is missing: expected it in the shard 'one.safetensors'"))
        map = good
        map["b"] = nil
        try writeIndex(map)
        #expect(refusal().contains("the tensor 'b' does not belong here"))
        map = good
        map["d"] = "two.safetensors"
        try writeIndex(map)
        #expect(refusal().contains("the tensor 'd' is missing"))
        map = good
        map["c"] = "three.safetensors"
        try writeIndex(map)
        #expect(refusal().contains("three.safetensors: there is no such file"))
        try writeIndex(good, total: 13)
        #expect(
            refusal().contains("total_size does not fit the shards: expected 12 bytes, got 13.0"))
        try writeIndex(good, total: "12")
        #expect(refusal().contains("got a string"))
    }

    @Test(
        "Shards lie beside the index",
        arguments: ["../one.safetensors", "/etc/passwd", "", "..", "a/b"])
    func traversal(_ name: String) throws {
        var map = good
        map["a"] = .string(name)
        try writeIndex(map)
        #expect(refusal().contains("does not lie beside the index"))
    }

    @Test("An index that is no index is refused")
    func noIndex() throws {
        for (text, part) in [
            ("[]", "a JSON object"), ("{}", "'weight_map' is missing"),
            ("{\"weight_map\":3}", "an object"), ("{\"weight_map\":{\"a\":1}}", "a string"),
            ("{\"weight_map\":{\"a\":\"x\",\"a\":\"y\"}}", "stands twice"),
            ("{", "the end of the text"),
        ] {
            try AtomicWriter().write(text, to: index)
            let found = refusal()
            #expect(found.contains(index) && found.contains(part), "\(text): \(found)")
        }
    }
}
