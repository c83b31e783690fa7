import HireFiles

extension RunStatus {
    /// One line per item, what went wrong with some of them, and what is to be known of the whole.
    public func text() throws -> String {
        var table = ResultTable(columns: [
            .init("item", "item", isText: true), .init("id", "id", isText: true),
            .init("state", "state", isText: true), .init("attempt", "attempt"),
            .init("time", "time"), .init("worker", "worker", isText: true),
        ])
        for item in items {
            table.append([
                .text(item.status.item.label), .text(item.status.item.id), .text(item.word),
                item.status.attempt == 0 ? .missing : .integer(item.status.attempt),
                item.seconds.map { .text(RunStatus.clock($0)) } ?? .missing,
                .text(worker(item) ?? ""),
            ])
        }
        if items.allSatisfy({ $0.worker == nil }) {
            table.select(Array(table.columns.indices.dropLast()))
        }
        var lines = items.compactMap { item in
            problem(item).map { "\(item.status.item.label): \(PlainText.singleLine($0))" }
        }
        let place = lines.count
        lines.append(
            "\(kind) in \(folder): "
                + (items.isEmpty
                    ? "no items" : counts.map { "\($0.count) \($0.word)" }.joined(separator: ", "))
                + " of \(items.count)")
        if let remaining, remaining > 0 {
            lines[place] += "; about \(RunStatus.clock(remaining)) left"
        }
        for path in torn {
            lines.append(
                "\(path): the last line is half-written, by a process that was killed; it is ignored."
            )
        }
        if !orphans.isEmpty {
            lines.append(
                "\(orphans.count) files of attempts that did not finish, such as \(orphans[0]); they go when their items "
                    + "are begun again.")
        }
        if !dropped.isEmpty {
            lines.append(
                "\(dropped.count) finished items are no longer in the script and not in tables: "
                    + dropped.prefix(5).joined(separator: ", ") + (dropped.count > 5 ? ", …" : "")
                    + ".")
        }
        return (items.isEmpty ? "" : try table.written(as: .text))
            + lines.joined(separator: "\n") + "\n"
    }

    /// The same as JSON.
    public func json() -> JSONObject {
        [
            "folder": .string(folder), "kind": .string(kind),
            "items": .array(items.map { .object(json($0)) }),
            "counts": .object(
                JSONObject(counts.map { ($0.word, .integer(Int64($0.count))) })),
            "remaining_seconds": remaining.map { .number($0) } ?? .null,
            "torn": .array(torn.map { .string($0) }),
            "orphans": .array(orphans.map { .string($0) }),
            "dropped": .array(dropped.map { .string($0) }),
        ]
    }

    private func json(_ item: Item) -> JSONObject {
        let identity = item.status.item
        var json: JSONObject = [
            "label": .string(identity.label), "id": .string(identity.id),
            "group": .string(identity.group), "variant": .string(identity.variant),
            "axes": .object(identity.axes),
            "seed": identity.seed.map { .integer(Int64($0)) } ?? .null,
            "folder": .string(identity.folder), "state": .string(item.word),
            "attempt": .integer(Int64(item.status.attempt)),
            "seconds": item.seconds.map { .number($0) } ?? .null,
        ]
        if let worker = item.worker {
            json["worker"] = [
                "host": .string(worker.host), "pid": .integer(Int64(worker.process)),
                "age": .number(worker.age),
            ]
        }
        if item.status.state == .failed, let error = item.status.record?.error {
            json["error"] = .string(error)
        }
        if !item.status.problems.isEmpty {
            json["problems"] = .array(item.status.problems.map { .string("\($0)") })
        }
        return json
    }

    private func worker(_ item: Item) -> String? {
        item.worker.map { worker in
            "process \(worker.process) on \(worker.host), last seen "
                + "\(RunStatus.clock(worker.age)) ago"
                + (worker.age > 60 ? " (whoever runs the script next takes the item over)" : "")
        }
    }

    /// What went wrong with an item that nobody works on.
    private func problem(_ item: Item) -> String? {
        if item.worker != nil { return nil }
        switch item.status.state {
        case .failed: return item.status.record?.error
        case .damaged: return item.status.problems.map { "\($0)" }.joined(separator: "; ")
        default: return nil
        }
    }

    /// A duration as people say it: 0.4 s, 12 s, 3 min 20 s, 2 h 5 min.
    static func clock(_ seconds: Double) -> String {
        if seconds < 10 { return fixed(seconds, 1) + " s" }
        let whole = Int(min(seconds, 1e12).rounded())
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
        return "\(whole / 3600) h \(whole % 3600 / 60) min"
    }
}
