import HireFiles
import HireVLM

extension StudyRunner {
    /// Prints what a run would do: one row per item, with what it is expected to take.
    func describe(
        _ plan: any StudyPlan, _ statuses: [ItemStatus], _ selected: [StudyItem],
        _ conflicts: [ItemConflict], _ monitor: RunMonitor
    ) throws {
        let wanted = Set(selected.map(\.id))
        let clashing = Set(conflicts.map(\.label))
        var table = ResultTable(columns: [
            .init("item", "item", isText: true), .init("id", "id", isText: true),
            .init("state", "state", isText: true), .init("seconds", "time"), .init("bytes", "size"),
        ])
        var (count, time, size, isTimeKnown) = (0, 0.0, 0, true)
        for status in statuses {
            let item = status.item
            var row: [ResultTable.Cell] = [.text(item.label), .text(item.id)]
            let isDone = status.state == .done && !request.fresh
            if isDone || !wanted.contains(item.id) {
                row += [.text(isDone ? "done, taken over" : "not selected"), .missing, .missing]
                table.append(row)
                continue
            }
            let estimate = try plan.estimate(item)
            let seconds = estimate.seconds ?? typicalSeconds(of: item, statuses)
            count += 1
            time += seconds ?? 0
            size += estimate.bytes ?? 0
            isTimeKnown = isTimeKnown && seconds != nil
            row.append(.text(try word(for: status, clashing.contains(item.label))))
            row.append(seconds.map { .seconds($0) } ?? .missing)
            row.append(estimate.bytes.map { .bytes($0) } ?? .missing)
            table.append(row)
        }
        table.caption =
            "\(folder.path): \(count) of \(statuses.count) items left; "
            + (isTimeKnown ? "about \(duration(time)), " : "time unknown, ")
            + "\(bytes(size)) of \(bytes(try freeBytes())) free. Nothing was computed or written."
        monitor.say(String(try table.written(as: .text).dropLast()))
        for conflict in conflicts {
            monitor.say("\(conflict.label): \(conflict.differences.joined(separator: "; ")).")
        }
    }

    private func word(for status: ItemStatus, _ isClashing: Bool) throws -> String {
        if isClashing { return "conflict" }
        if let holder = try RunLease.holder(of: status.item.id, in: folder), !holder.process.isGone
        {
            return "running on \(holder.process.host)"
        }
        return switch status.state {
        case .waiting: "left"
        case .started, .stopped: "left, begun before"
        case .failed: "left, failed before"
        case .damaged: "left, files changed"
        case .done: "done again"
        }
    }

    /// What finished items of the same variant took on average, or of any.
    private func typicalSeconds(of item: StudyItem, _ statuses: [ItemStatus]) -> Double? {
        let done = statuses.filter { $0.state == .done }
        let alike = done.filter { $0.item.variant == item.variant }
        let times = (alike.isEmpty ? done : alike).compactMap {
            $0.result?.measured["seconds"]?.doubleValue
        }
        return times.isEmpty ? nil : times.reduce(0, +) / Double(times.count)
    }
}
