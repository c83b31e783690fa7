import Foundation
import Glibc
import HireFiles
import HireFuzzing

/// Runs targets in child processes and collects what they find.
struct FuzzSupervisor {
    let inputs: Int
    let seed: UInt64
    let tests: String
    let findings: String
    let isSanitised: Bool

    /// An input that misbehaved.
    struct Finding {
        var index: Int
        var kind: Kind
        var text: String

        enum Kind: String {
            case crash, hang, memory, odd, leak
        }
    }

    private static let temporary = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
    /// After so many findings a target is left alone.
    private static let enough = 10

    /// Runs one target to the end or to too many findings; prints a line.
    func run(_ target: FuzzTarget, saving: Bool = true) throws -> [Finding] {
        let page = FilePath.join(
            Self.temporary,
            "hire-fuzz-\(getpid())-\(target.name)")
        let status = try StatusPage(page)
        defer {
            unlink(page)
            unlink(page + ".err")
        }
        let begin = ContinuousClock.now
        var found: [Finding] = []
        var next = 0
        let inputs = min(inputs, target.most)
        while next < inputs, found.count < Self.enough {
            status.index = next
            guard let finding = try runChild(target, from: next, to: inputs, page, status) else {
                break
            }
            found.append(finding)
            next = finding.index + 1
            if saving { try save(finding, target) }
        }
        let done = status.accepted + status.refused + found.count
        report(target, done, begin.duration(to: .now), status, found)
        return found
    }

    private func report(
        _ target: FuzzTarget, _ done: Int, _ time: Duration, _ status: StatusPage,
        _ found: [Finding]
    ) {
        let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
        let share = done == 0 ? 0 : status.accepted * 100 / done
        print(
            "\(target.name): \(done) inputs in \((seconds * 10).rounded() / 10) s, "
                + "\(Int(Double(done) / max(seconds, 0.001)))/s, \(share) % accepted, largest growth "
                + "\(status.growth >> 10) KiB, \(found.count) findings")
        for finding in found {
            print("  input \(finding.index): \(finding.kind.rawValue): \(finding.text)")
        }
        fflush(nil)
    }

    private func save(_ finding: Finding, _ target: FuzzTarget) throws {
        let seeds = try target.seeds(in: tests).map(\.bytes)
        let folder = FilePath.join(findings, target.name)
        try SystemFileSystem().makeFolders(folder)
        try AtomicWriter().write(
            target.input(finding.index, seed: seed, from: seeds),
            to: FilePath.join(folder, "\(finding.kind.rawValue)-\(seed)-\(finding.index)"))
    }

    // MARK: Children

    private func runChild(
        _ target: FuzzTarget, from start: Int, to end: Int, _ page: String,
        _ status: StatusPage
    ) throws -> Finding? {
        let process = try spawn(
            [
                "--target", target.name, "--seed", "\(seed)", "--inputs", "\(end)", "--tests",
                tests,
                "--child-from", "\(start)", "--child-status", page,
            ] + (isSanitised ? ["--sanitised"] : []), errors: page + ".err")
        let (code, isStuck) = wait(process, status)
        let signal = code & 0x7F
        if isStuck || signal == SIGPROF {
            return Finding(index: status.index, kind: .hang, text: "more than a second")
        }
        if signal != 0 {
            return Finding(
                index: status.index, kind: .crash, text: "signal \(signal) \(said(page))")
        }
        switch (code >> 8) & 0xFF {
        case 0: return nil
        case FuzzChild.memory:
            return Finding(index: status.index, kind: .memory, text: status.text)
        case Self.leakStatus:
            return Finding(index: end - 1, kind: .leak, text: said(page))
        case FuzzChild.odd: return Finding(index: status.index, kind: .odd, text: status.text)
        case let other:
            throw FileError(
                .inputOutput, path: target.name, problem: "the child ended with status \(other)")
        }
    }

    /// What the sanitisers end a process with that leaks; they end one that errs by a signal.
    private static let leakStatus: Int32 = 76

    /// The first lines of a child that mean something.
    private func said(_ page: String) -> String {
        let bytes = (try? SystemFileSystem().readAll(page + ".err")) ?? []
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        let telling = lines.filter { !$0.allSatisfy { $0 == "=" } }.prefix(isSanitised ? 14 : 1)
        return String(telling.joined(separator: "\n    ").prefix(2000))
    }

    private func spawn(_ arguments: [String], errors: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        // Without the variable every crash takes seconds to print its frames.
        var list = Self.pointers([CommandLine.arguments[0]] + arguments)
        var environment = Self.pointers([
            "SWIFT_BACKTRACE=enable=no", "PATH=/usr/bin:/bin", "TMPDIR=\(Self.temporary)",
            "ASAN_OPTIONS=abort_on_error=1:detect_leaks=1:allocator_may_return_null=1:quarantine_size_mb=16"
                + ":handle_segv=1",
            "LSAN_OPTIONS=exitcode=\(Self.leakStatus):suppressions=\(tests)/Fuzz/leaks.supp:print_suppressions=0",
        ])
        if let program = ProcessInfo.processInfo.environment["HIRE_PROGRAM"] {
            environment.insert(strdup("HIRE_PROGRAM=" + program), at: 0)
        }
        defer { for text in list + environment { free(text) } }
        var process = pid_t()
        let code = posix_spawn(&process, "/proc/self/exe", &actions, nil, &list, &environment)
        guard code == 0 else {
            throw FileError.system(code, "/proc/self/exe", "cannot start a child")
        }
        return process
    }

    private static func pointers(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
        texts.map { strdup($0) } + [nil]
    }

    /// Waits for a child; ends one that does not come to another input for two minutes.
    private func wait(_ process: pid_t, _ status: StatusPage) -> (code: Int32, isStuck: Bool) {
        var code: Int32 = 0
        var last = status.index
        var since = ContinuousClock.now
        while waitpid(process, &code, WNOHANG) == 0 {
            usleep(10_000)
            if status.index != last {
                last = status.index
                since = .now
            } else if since.duration(to: .now) > .seconds(120) {
                kill(process, SIGKILL)
                waitpid(process, &code, 0)
                return (code, true)
            }
        }
        return (code, false)
    }

    // MARK: Self-check

    /// Runs parsers that misbehave on purpose; a fuzzer that finds nothing proves nothing otherwise.
    ///
    /// With sanitisers memory is not limited, and leaks are found instead.
    func checkItself() throws {
        let targets =
            isSanitised
            ? FuzzTargets.planted.filter { $0.name != "planted-memory" } + [FuzzTargets.plantedLeak]
            : FuzzTargets.planted
        for target in targets {
            let supervisor = FuzzSupervisor(
                inputs: 300, seed: seed, tests: tests, findings: findings,
                isSanitised: isSanitised)
            let found = try supervisor.run(target, saving: false)
            guard let first = found.first, target.name == "planted-" + first.kind.rawValue else {
                throw FileError(
                    .badData, path: target.name, problem: "the planted fault was not found")
            }
        }
        print("planted faults are found")
    }
}
