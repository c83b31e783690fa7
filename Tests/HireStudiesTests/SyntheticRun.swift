import HireFiles
import HireStudies
import HireTestSupport

/// A run's folder written by hand, without training anything.
struct SyntheticRun {
    let temporary: TemporaryFolder
    let folder: RunFolder

    /// An item: its variant, seed, axes, and what came out; nil leaves it unfinished.
    struct Item {
        var variant: String
        var seed: Int?
        var axes: JSONObject = [:]
        var metrics: JSONObject? = [:]
        var measured: JSONObject = [:]
        var grades: [(id: String, grade: Double)] = []
        var error: String?
    }

    init(
        _ kind: String, description: JSONObject = [:], script: RunManifest.ScriptIdentity? = nil,
        _ entries: [Item]
    ) throws {
        temporary = try TemporaryFolder()
        folder = RunFolder(temporary.file("run"))
        var items: [StudyItem] = []
        for entry in entries {
            let axes = entry.axes.members.map {
                " \($0.key)=\((try? JSONWriter().string($0.value)) ?? "")"
            }.joined()
            let group = entry.variant.isEmpty ? String(axes.dropFirst()) : entry.variant + axes
            items.append(
                try StudyItem(
                    label: group + (entry.seed.map { " seed=\($0)" } ?? ""), group: group,
                    variant: entry.variant.isEmpty ? nil : entry.variant, axes: entry.axes,
                    seed: entry.seed,
                    configuration: Configuration([
                        "variant": .string(entry.variant), "axes": .object(entry.axes),
                        "seed": entry.seed.map { .integer(Int64($0)) } ?? .null,
                    ])))
        }
        let manifest = RunManifest(
            kind: kind, script: script, description: description, items: items)
        try AtomicWriter().write(manifest.text(), to: folder.file("study.json"))
        let writer = JournalWriter(folder.location("journal"))
        for (item, entry) in zip(items, entries) {
            var record = JournalRecord(
                sequence: 1, item: item.id, label: item.label, state: .started, attempt: 1, utc: "",
                host: "", process: 0)
            if entry.metrics == nil, entry.error == nil { continue }
            try writer.append(record)
            if let error = entry.error {
                record.state = .failed
                record.error = error
                record.errorKind = "shape"
                try writer.append(record)
                continue
            }
            var names: [String] = []
            if !entry.grades.isEmpty {
                let name = "\(item.folder)/predictions.jsonl"
                let lines = try entry.grades.map { grade in
                    try JSONWriter().string([
                        "id": .string(grade.id), "grade": .number(grade.grade),
                    ]) + "\n"
                }
                let text = lines.joined().replacing("\n\n", with: "\n")
                try AtomicWriter().write(text, to: folder.file(name))
                names.append(name)
            }
            record.state = .done
            record.files = try folder.digests(of: names)
            record.result = ItemResult(
                metrics: entry.metrics ?? [:], measured: entry.measured, files: names)
            try writer.append(record)
        }
    }

    /// An ablation of two variants with three seeds; the second is better on some samples.
    static func ablation() throws -> SyntheticRun {
        var entries: [Item] = []
        for (variant, lift) in [("none", 0), ("hire", 12)] {
            for seed in 1...3 {
                let grades = (0..<40).map { index in
                    (id: "q\(index)", grade: (index * 7 + seed) % 40 < 20 + lift ? 1.0 : 0.0)
                }
                let correct = grades.map(\.grade).reduce(0, +)
                entries.append(
                    Item(
                        variant: variant, seed: seed,
                        metrics: [
                            "accuracy": ["correct": .number(correct), "count": 40],
                            "by_type": [
                                ["correct": .number(correct), "count": 40],
                                ["correct": 0, "count": 0],
                            ],
                            "images": 8, "final_loss": .number(0.5 / Double(seed)),
                            "cost": [
                                "parameters": 100, "multiply_adds": .integer(Int64(1000 + lift)),
                            ],
                        ],
                        measured: ["seconds_per_image": 0.25, "training_peak_bytes": 4096],
                        grades: grades))
            }
        }
        return try SyntheticRun(
            "ablation",
            description: [
                "task": "shapes", "origin": "made up", "question_types": ["colour", "count"],
            ], entries)
    }

    func contents() throws -> RunContents { try folder.contents() }
}
