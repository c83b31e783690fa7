import HireFiles
import HireStudies
import HireTestSupport
import HireVLM
import Testing

@Suite("Running studies")
struct RunnerTests {
    private func run(
        _ plan: PlanForTests, in folder: String, _ monitor: MonitorForTests = MonitorForTests(),
        _ change: (inout StudyRequest) -> Void = { _ in }
    ) throws -> RunOutcome {
        var request = StudyRequest()
        change(&request)
        return try StudyRunner(RunFolder(folder), request: request).run(plan, monitor.monitor)
    }

    private func states(_ folder: String) throws -> [ItemStatus.State] {
        try RunFolder(folder).contents().items.map(\.state)
    }

    @Test(
        "Items are done in order, their files stand behind the journal, and the next run takes them over"
    )
    func resumes() throws {
        try withTemporaryFolder { folder in
            let plan = try PlanForTests()
            let first = try run(plan, in: folder)
            #expect(first.done == ["a", "b", "c"] && first.remaining.isEmpty)
            let contents = try RunFolder(folder).contents()
            #expect(contents.items.map(\.state) == [.done, .done, .done])
            #expect(contents.items.map(\.attempt) == [1, 1, 1])
            #expect(contents.manifest.items == plan.items)
            #expect(try contents.orphans().isEmpty)
            #expect(
                contents.journal.records.map(\.state) == [
                    .started, .done, .started, .done, .started, .done,
                ])
            #expect(try SystemFileSystem().list(folder + "/leases").isEmpty)
            #expect(plan.concluded.map(\.state) == [.done, .done, .done])

            let again = try PlanForTests()
            let monitor = MonitorForTests()
            let second = try run(again, in: folder, monitor)
            #expect(again.performed.isEmpty && second.takenOver == ["a", "b", "c"])
            #expect(monitor.said.filter { $0.contains("taken over") }.count == 3)
            #expect(second.items.map(\.result) == first.items.map(\.result))
        }
    }

    @Test(
        "A damaged study.json is refused; once it is removed, as verification says, all is taken over"
    )
    func damagedManifest() throws {
        try withTemporaryFolder { folder in
            let first = try run(try PlanForTests(), in: folder)
            let path = folder + "/study.json"
            let bytes = try SystemFileSystem().readAll(path)
            try AtomicWriter().write(Array(bytes.dropLast(9)), to: path)
            let error = #expect(throws: FileError.self) {
                try run(try PlanForTests(), in: folder)
            }
            #expect(error?.exitCode == 65)
            let advice = try RunVerification(RunFolder(folder)).text
            #expect(advice.contains("Remove the file and run the script again"))
            try SystemFileSystem().removeFile(path)
            let again = try PlanForTests()
            let second = try run(again, in: folder)
            #expect(again.performed.isEmpty && second.takenOver == ["a", "b", "c"])
            #expect(second.items.map(\.result) == first.items.map(\.result))
            let after = try SystemFileSystem().readAll(path)
            #expect(after == bytes)
            #expect(try RunVerification(RunFolder(folder)).isIntact)
        }
    }

    @Test("A file that is gone or changed in one byte is noticed, and its item is done again")
    func damaged() throws {
        try withTemporaryFolder { folder in
            let plan = try PlanForTests()
            _ = try run(plan, in: folder)
            let disk = SystemFileSystem()
            let files = plan.items.map { folder + "/" + $0.folder + "/values.csv" }
            var bytes = try disk.readAll(files[0])
            bytes[7] ^= 1
            try AtomicWriter().write(bytes, to: files[0])
            try disk.removeFile(files[2])
            #expect(try states(folder) == [.done, .done, .damaged])
            let again = try PlanForTests()
            let monitor = MonitorForTests()
            _ = try run(again, in: folder, monitor)
            #expect(again.performed == ["a", "c"])
            #expect(monitor.text.contains("other bytes") && monitor.text.contains("is missing"))
            #expect(try states(folder) == [.done, .done, .done])
            let contents = try RunFolder(folder).contents()
            for status in contents.items {
                let record = try #require(status.record)
                #expect(try contents.folder.problems(record, .digests).isEmpty)
            }
        }
    }

    @Test(
        "Selections are globs over labels or over keys, and one that selects nothing names what is near"
    )
    func only() throws {
        let items = try [1, 2].flatMap { seed in
            try [100, 200].map { steps in
                try StudyItem(
                    label: "hire training.steps=\(steps) seed=\(seed)",
                    group: "hire training.steps=\(steps)",
                    variant: "hire", axes: ["training.steps": .integer(Int64(steps))], seed: seed,
                    configuration: Configuration([
                        "s": .integer(Int64(steps)), "seed": .integer(Int64(seed)),
                    ]))
            }
        }
        for (pattern, expected) in [
            ("hire*", [0, 1, 2, 3]), ("seed=2", [2, 3]), ("training.steps=1*", [0, 2]),
            ("variant=h?re", [0, 1, 2, 3]), ("*steps=200*", [1, 3]),
            ("id=\(items[1].id.prefix(6))", [1]),
            (items[3].label, [3]), ("hire training.steps=100", [0, 2]),
        ] {
            try withTemporaryFolder { folder in
                let plan = PlanForTests(items: items)
                let outcome = try run(plan, in: folder) { $0.only = [pattern] }
                #expect(plan.performed == expected.map { items[$0].label }, "\(pattern)")
                #expect(outcome.remaining.count == 4 - expected.count)
                #expect(try RunFolder(folder).contents().items.count == 4)
            }
        }
        for (pattern, hint) in [("hier", "hire"), ("sed=2", "'seed'"), ("seed=7", "seed=1")] {
            try withTemporaryFolder { folder in
                do {
                    _ = try run(PlanForTests(items: items), in: folder) {
                        $0.only = ["hire*", pattern]
                    }
                    Issue.record("\(pattern) selected something.")
                } catch let error as StudyError {
                    #expect(error.description.contains(hint), "\(error)")
                }
                #expect(try !SystemFileSystem().exists(folder + "/study.json"))
            }
        }
    }

    @Test("A failure ends the run or not, as asked, and is written down; the next run tries again")
    func failures() throws {
        struct Broken: Error, CustomStringConvertible { let description = "The item broke." }
        try withTemporaryFolder { folder in
            let plan = try PlanForTests()
            plan.before = { if $0.label == "b" { throw Broken() } }
            #expect(throws: Broken.self) { _ = try run(plan, in: folder) }
            #expect(try states(folder) == [.done, .failed, .waiting])
            let record = try RunFolder(folder).contents().item("b").record
            #expect(record?.error == "The item broke." && record?.errorKind == "failure")
            let outcome = try run(plan, in: folder) { $0.keepsGoing = true }
            #expect(outcome.failed.map(\.label) == ["b"] && outcome.done == ["c"])
            #expect(outcome.remaining == ["b"])
            let healed = try PlanForTests()
            #expect(try run(healed, in: folder).done == ["b"])
            #expect(try RunFolder(folder).contents().item("b").attempt == 3)
        }
    }

    @Test("A request to stop is passed on as it came, written down, and leaves no lease")
    func stops() throws {
        try withTemporaryFolder { folder in
            let plan = try PlanForTests()
            let monitor = MonitorForTests()
            plan.before = { item in
                if item.label == "b" { monitor.check = { throw ScriptInterruption() } }
                try monitor.check()
            }
            #expect(throws: ScriptInterruption.self) { _ = try run(plan, in: folder, monitor) }
            #expect(try states(folder) == [.done, .stopped, .waiting])
            #expect(try SystemFileSystem().list(folder + "/leases").isEmpty)
            // Whatever an interrupted call throws counts as the stop that it is.
            let failing = try PlanForTests()
            let second = MonitorForTests()
            failing.before = { _ in
                second.check = { throw ScriptInterruption() }
                throw FileError.badData("x", "cut short")
            }
            #expect(throws: FileError.self) { _ = try run(failing, in: folder, second) }
            #expect(try states(folder) == [.done, .stopped, .waiting])
        }
    }

    @Test("Another configuration under the same label is refused unless its keys are accepted")
    func conflicts() throws {
        try withTemporaryFolder { folder in
            _ = try run(PlanForTests(), in: folder)
            let changed = try PlanForTests(value: 2)
            do {
                _ = try run(changed, in: folder)
                Issue.record("Results of another configuration were taken over.")
            } catch let error as StudyError {
                for part in [
                    "value is 2 here and 1 there", "--out", "--fresh", "--accept-changes value",
                ] {
                    #expect(error.description.contains(part), "\(error)")
                }
            }
            #expect(throws: StudyError.self) {
                _ = try run(changed, in: folder) { $0.acceptedChanges = ["valu"] }
            }
            #expect(changed.performed.isEmpty)
            let monitor = MonitorForTests()
            let outcome = try run(changed, in: folder, monitor) { $0.acceptedChanges = ["value"] }
            #expect(outcome.done == ["a", "b", "c"])
            #expect(monitor.text.contains("also holds 3 items"))
            // The old results stay, and are known again when the old configuration comes back.
            let back = try PlanForTests()
            #expect(try run(back, in: folder).takenOver == ["a", "b", "c"])
            let contents = try RunFolder(folder).contents()
            #expect(contents.dropped.map(\.label) == ["a", "b", "c"])
            #expect(try contents.orphans().isEmpty)
        }
    }

    @Test("Items that are added are run; those that are taken out are kept and mentioned once")
    func grows() throws {
        try withTemporaryFolder { folder in
            _ = try run(PlanForTests(["a", "b"]), in: folder)
            let before = try SystemFileSystem().readAll(folder + "/study.json")
            let monitor = MonitorForTests()
            #expect(try run(PlanForTests(["b", "c"]), in: folder, monitor).done == ["c"])
            #expect(monitor.said.filter { $0.contains("not in the script: a") }.count == 1)
            #expect(try SystemFileSystem().readAll(folder + "/study.json") != before)
            #expect(try states(folder) == [.done, .done])
            #expect(try RunFolder(folder).contents().dropped.map(\.label) == ["a"])
        }
    }

    @Test("Fresh does selected items again, and not while another process works on them")
    func fresh() throws {
        try withTemporaryFolder { folder in
            _ = try run(PlanForTests(), in: folder)
            let plan = try PlanForTests()
            let outcome = try run(plan, in: folder) {
                $0.fresh = true
                $0.only = ["b"]
            }
            #expect(outcome.done == ["b"] && plan.performed == ["b"])
            #expect(try states(folder) == [.done, .done, .done])
            let busy = try PlanForTests()
            busy.before = { item in
                guard item.label == "a" else { return }
                #expect(throws: StudyError.self) {
                    _ = try run(PlanForTests(), in: folder) { $0.fresh = true }
                }
            }
            let all = try run(busy, in: folder) { $0.fresh = true }
            #expect(all.done == ["a", "b", "c"])
        }
    }

    @Test("A dry run shows what is left and what it takes, and touches nothing")
    func dryRun() throws {
        try withTemporaryFolder { folder in
            let plan = try PlanForTests()
            plan.estimated = ItemEstimate(seconds: 90, bytes: 3 << 20)
            _ = try run(plan, in: folder) { $0.only = ["a"] }
            let before = try RunFolder(folder).files(beneath: ".")
            let monitor = MonitorForTests()
            let outcome = try run(plan, in: folder, monitor) {
                $0.isDryRun = true
                $0.only = ["a", "b"]
            }
            #expect(plan.performed == ["a"])
            #expect(outcome.remaining == ["b", "c"])
            for part in [
                "done, taken over", "left", "not selected", "3.0 MiB", "1 of 3 items left", "free",
            ] {
                #expect(monitor.text.contains(part), "\(part)\n\(monitor.text)")
            }
            #expect(try RunFolder(folder).files(beneath: ".") == before)
            let other = MonitorForTests()
            _ = try run(PlanForTests(value: 2), in: folder, other) { $0.isDryRun = true }
            #expect(other.text.contains("conflict"))
        }
        try withTemporaryFolder { folder in
            _ = try run(PlanForTests(), in: folder + "/new/run") { $0.isDryRun = true }
            #expect(try !SystemFileSystem().exists(folder + "/new"))
        }
    }

    @Test("A disk without room is an error before anything is computed")
    func room() throws {
        try withTemporaryFolder { folder in
            let plan = try PlanForTests()
            plan.estimated = ItemEstimate(bytes: 1 << 60)
            do {
                _ = try run(plan, in: folder + "/run")
                Issue.record("Three exbibytes fit.")
            } catch let error as FileError {
                #expect(error.category == .inputOutput && error.path == folder + "/run")
                #expect(error.description.contains("3,458,764,513,820,540,928 bytes"), "\(error)")
            }
            #expect(plan.performed.isEmpty)
            #expect(try !SystemFileSystem().exists(folder + "/run"))
        }
    }

    @Test(
        "Leftovers of killed processes are removed when their item is begun, but for its checkpoint"
    )
    func leftovers() throws {
        try withTemporaryFolder { folder in
            let plan = try PlanForTests()
            let place = folder + "/" + plan.items[1].folder
            try SystemFileSystem().makeFolders(place + "/deep")
            for name in [
                ".values.csv.x1.hire-tmp", "half.h5", "deep/er.txt", "checkpoint.safetensors",
            ] {
                try AtomicWriter().write("left", to: place + "/" + name)
            }
            plan.before = { item in
                guard item.label == "b" else { return }
                let left = try RunFolder(folder).files(beneath: item.folder)
                #expect(left == [item.folder + "/checkpoint.safetensors"])
            }
            _ = try run(plan, in: folder)
            #expect(try RunFolder(folder).contents().orphans().isEmpty)
        }
    }

    @Test("Two items of one label, or of one configuration, are refused")
    func names() throws {
        try withTemporaryFolder { folder in
            #expect(throws: StudyError.duplicateVariant("a")) {
                _ = try run(PlanForTests(["a", "a"]), in: folder)
            }
            let same = try ["x", "y"].map {
                try StudyItem(label: $0, configuration: Configuration(["k": 1]))
            }
            #expect(throws: StudyError.sameItem("x", "y")) {
                _ = try run(PlanForTests(items: same), in: folder)
            }
        }
    }
}
