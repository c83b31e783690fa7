import HireFiles
import HireStudies

/// A plan of a few small items, each of which writes two files and returns numbers that follow from its label.
final class PlanForTests: StudyPlan {
    var kind = "sweep"
    /// Where the files of the last item stood while it was done.
    private(set) var place: RunFolder?
    let items: [StudyItem]
    var description: JSONObject = ["made": "for tests"]
    /// Runs before an item's files are written.
    var before: (StudyItem) throws -> Void = { _ in }
    /// Runs after they are.
    var after: (StudyItem) throws -> Void = { _ in }
    /// Runs between, with what the item is given to ask whether to stop.
    var work: (StudyItem, RunMonitor) throws -> Void = { _, _ in }
    var estimated = ItemEstimate()
    /// Labels in the order in which they were begun.
    private(set) var performed: [String] = []
    private(set) var concluded: [ItemStatus] = []

    init(_ labels: [String] = ["a", "b", "c"], value: Int64 = 1) throws {
        items = try labels.map { label in
            try StudyItem(
                label: label,
                configuration: Configuration(["value": .integer(value), "label": .string(label)]))
        }
    }

    init(items: [StudyItem]) { self.items = items }

    func perform(_ item: StudyItem, in folder: RunFolder, _ monitor: RunMonitor) throws
        -> ItemResult
    {
        performed.append(item.label)
        place = folder
        try before(item)
        try work(item, monitor)
        let writer = AtomicWriter(fileSystem: folder.fileSystem)
        let names = ["values.csv", "measured.csv"].map { "\(item.folder)/\($0)" }
        try writer.write("value\n\(item.id)\n", to: folder.file(names[0]))
        try writer.write("seconds\n\(performed.count)\n", to: folder.file(names[1]))
        try after(item)
        return ItemResult(metrics: ["score": .string(item.id)], files: names)
    }

    func estimate(_ item: StudyItem) throws -> ItemEstimate { estimated }

    func conclude(_ items: [ItemStatus], in folder: RunFolder) throws { concluded = items }
}

/// What was said, and when to stop.
final class MonitorForTests {
    private(set) var said: [String] = []
    /// Called whenever somebody asks whether to stop.
    var check: () throws -> Void = {}

    var monitor: RunMonitor {
        RunMonitor(
            progress: RunMonitor.silent.progress, checkInterrupt: { try self.check() },
            say: { self.said.append($0) })
    }

    var text: String { said.joined(separator: "\n") }
}

/// Every file of a run's items by label and name with its bytes, but for measurements.
func itemFiles(_ folder: String, except endings: [String] = []) throws -> [String: [UInt8]] {
    let run = RunFolder(folder)
    var files: [String: [UInt8]] = [:]
    for name in try run.files(beneath: "items")
    where !RunFileProblem.isMeasured(name) && !endings.contains(where: name.hasSuffix) {
        files[name] = try run.fileSystem.readAll(run.location(name))
    }
    return files
}
