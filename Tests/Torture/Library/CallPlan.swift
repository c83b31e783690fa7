import HireArray
import HireFiles
import HireHDF5
import HireReference
import HireStudies

/// Three items that each write a table and a small HDF5 file: what a process does that is killed at one call of the disk.
public final class CallPlan: StudyPlan {
    /// A sweep.
    public let kind = "sweep"
    /// Three.
    public let items: [StudyItem]
    /// Nothing needs to be said.
    public let description = JSONObject()

    /// The plan; always the same.
    public init() throws {
        items = try ["a", "b", "c"].map { label in
            try StudyItem(label: label, configuration: Configuration(["label": .string(label)]))
        }
    }

    /// Writes both files.
    public func perform(_ item: StudyItem, in folder: RunFolder, _ monitor: RunMonitor) throws
        -> ItemResult
    {
        let names = ["values.csv", "values.h5"].map { "\(item.folder)/\($0)" }
        let writer = AtomicWriter(fileSystem: folder.fileSystem)
        try writer.write("value\n\(item.id)\n", to: folder.file(names[0]))
        let shard = try HDF5Shard(name: names[1])
        try shard.write(ReferenceBackend().array([1, 2, 3] as [Float], [3]), to: "/act/values")
        try writer.write(shard.finish(), to: folder.file(names[1]))
        return ItemResult(metrics: ["score": .string(item.id)], files: names)
    }
}
