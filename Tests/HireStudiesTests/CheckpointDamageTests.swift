import HireArray
import HireFiles
import HireFuzzing
import HireNN
import HireReference
import HireStudies
import HireTestSupport
import Testing

/// Training never goes on silently from a checkpoint that changed on the disk.
@Suite struct CheckpointDamageTests {
    private func trainer(_ small: SmallStudy, steps: Int = 3) throws -> Trainer {
        var options = try TrainingOptions.decode(SmallStudy.training, plugin: "training")
        options.steps = steps
        return try Trainer(small.pipeline(), on: small.task, options: options)
    }

    @Test("A flipped bit anywhere in a checkpoint is noticed")
    func flippedBits() throws {
        let disk = MemoryFileSystem()
        let small = try SmallStudy()
        let first = try trainer(small, steps: 2)
        try first.run()
        try first.save(to: "c", digest: "a", fileSystem: disk)
        let whole = try #require(disk["c"])
        let resumed = try trainer(small)
        try resumed.restore(from: "c", digest: "a", fileSystem: disk)
        #expect(resumed.step == 2)
        let positions = 700
        for number in 0..<positions {
            let place = number < 200 ? number : number * (whole.count - 1) / (positions - 1)
            var bytes = whole
            bytes[place] ^= 1 << UInt8(number % 8)
            disk["c"] = bytes
            #expect(throws: (any Error).self, "byte \(place)") {
                try resumed.restore(from: "c", digest: "a", fileSystem: disk)
            }
        }
        for count in [0, 7, 8, whole.count / 2, whole.count - 1] {
            disk["c"] = Array(whole.prefix(count))
            #expect(throws: (any Error).self, "\(count) bytes") {
                try resumed.restore(from: "c", digest: "a", fileSystem: disk)
            }
        }
    }

    @Test("Numbers that are not finite are refused, in moments too")
    func notFinite() throws {
        let disk = MemoryFileSystem()
        let small = try SmallStudy()
        let sick = try trainer(small)
        try sick.run()
        let (_, parameter) = try #require(sick.pipeline.parameters().first)
        let weights = try parameter.tensor.array.storage.pointer?.assumingMemoryBound(
            to: Float.self)
        weights?[0] = .nan
        try sick.save(to: "c", digest: "a", fileSystem: disk)
        let resumed = try trainer(small)
        do {
            try resumed.restore(from: "c", digest: "a", fileSystem: disk)
            Issue.record("NaN was restored")
        } catch let error as FileError {
            #expect(error.description.contains("is not finite"), "\(error)")
        }
    }
}
