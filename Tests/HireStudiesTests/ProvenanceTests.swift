import Foundation
import HireFiles
import HireHDF5
import HireReference
import HireTensor
import HireTestSupport
import Testing

@testable import HireStudies

/// What is recorded of where a study was run.
@Suite struct ProvenanceTests {
    /// A repository with one commit of one script.
    struct Repository {
        let folder: TemporaryFolder

        init() throws {
            folder = try TemporaryFolder()
            try AtomicWriter().write("print('one')\n", to: folder.file("study.lua"))
            git("init", "--quiet", "--initial-branch=trunk")
            git("add", "study.lua")
            git(
                "-c", "user.name=Tester", "-c", "user.email=tester@example.org", "commit",
                "--quiet", "-m", "Begin")
        }

        @discardableResult
        func git(_ words: String...) -> String {
            let output = CommandOutput(
                "git", ["-C", folder.path] + words,
                environment: ProcessInfo.processInfo.environment,
                deadline: .now + .seconds(20), limit: 1 << 20)
            return String(decoding: output?.bytes ?? [], as: UTF8.self)
        }
    }

    private func state(_ folder: String, script: String? = "study.lua", limit: Int = 4 << 20) throws
        -> GitState
    {
        try GitState.read(folder, script: script, diffLimit: limit).get()
    }

    @Test func aCleanRepositoryIsToldByItsCommit() throws {
        let repository = try Repository()
        let state = try state(repository.folder.path)
        #expect(
            state.commit == repository.git("rev-parse", "HEAD").prefix { $0 != "\n" }.description)
        #expect(state.commit?.count == 40)
        #expect(state.branch == "trunk" && !state.isDirty && state.knowsScript == true)
        #expect(FilePath.name(of: state.repository) == FilePath.name(of: repository.folder.path))
    }

    @Test func changesAreKeptAsADiffThatApplies() throws {
        let repository = try Repository()
        let script = repository.folder.file("study.lua")
        try AtomicWriter().write("print('one')\nprint('two')\n", to: script)
        let changed = try state(repository.folder.path)
        let diff = String(decoding: try #require(changed.changes).diff, as: UTF8.self)
        #expect(changed.isDirty && diff.contains("+print('two')") && diff.contains("a/study.lua"))
        #expect(changed.changes?.isCut == false)
        // The diff alone leads from the commit to what was run.
        let patch = try TemporaryFolder()
        try AtomicWriter().write(diff, to: patch.file("patch.diff"))
        repository.git("checkout", "--quiet", "--", "study.lua")
        #expect(try !state(repository.folder.path).isDirty)
        repository.git("apply", patch.file("patch.diff"))
        #expect(
            try String(decoding: SystemFileSystem().readAll(script), as: UTF8.self)
                == "print('one')\nprint('two')\n")
        // What is staged counts too.
        repository.git("add", "study.lua")
        #expect(try state(repository.folder.path).changes == changed.changes)
    }

    @Test func longDiffsAreCut() throws {
        let repository = try Repository()
        try AtomicWriter().write(
            String(repeating: "print('a line')\n", count: 20_000),
            to: repository.folder.file("study.lua"))
        let changes = try #require(try state(repository.folder.path, limit: 100_000).changes)
        #expect(changes.isCut && changes.diff.count == 100_000)
        let whole = try #require(try state(repository.folder.path).changes)
        #expect(!whole.isCut && whole.diff.count > 320_000)
        #expect(whole.diff.prefix(100_000) == changes.diff[...])
    }

    @Test func unusualRepositoriesAreNoErrors() throws {
        let empty = try TemporaryFolder()
        #expect(GitState.read(empty.path, script: nil) == .failure(.noRepository))
        #expect(GitState.read(empty.file("none"), script: nil) == .failure(.noRepository))
        let repository = try Repository()
        try AtomicWriter().write("x", to: repository.folder.file("new.lua"))
        let unknown = try state(repository.folder.path, script: "new.lua")
        #expect(unknown.knowsScript == false && !unknown.isDirty)
        repository.git("checkout", "--quiet", "--detach")
        #expect(try state(repository.folder.path).branch == nil)
        let fresh = try TemporaryFolder()
        _ = CommandOutput(
            "git", ["-C", fresh.path, "init", "--quiet"],
            environment: ProcessInfo.processInfo.environment, deadline: .now + .seconds(20),
            limit: 1000)
        let uncommitted = try state(fresh.path, script: nil)
        #expect(uncommitted.commit == nil && !uncommitted.isDirty && uncommitted.knowsScript == nil)
    }

    @Test func programsAreBounded() {
        let began = ContinuousClock.now
        let output = { (words: [String], seconds: Double, limit: Int) in
            CommandOutput(
                words[0], Array(words.dropFirst()),
                environment: ["PATH": "/usr/bin:/bin", "A": "b"],
                deadline: .now + .seconds(seconds), limit: limit)
        }
        #expect(output(["no-such-program-at-all"], 1, 10) == nil)
        let late = output(["sleep", "30"], 0.2, 10)
        #expect(late?.end == .late)
        // Closing its output does not hide a program that goes on.
        #expect(output(["sh", "-c", "exec >&-; sleep 30"], 0.3, 10)?.end == .late)
        let endless = output(["yes"], 20, 1000)
        #expect(endless?.end == .cut && endless?.bytes.count == 1000)
        #expect(output(["sh", "-c", "exit 3"], 20, 10)?.end == .exited(3))
        #expect(output(["sh", "-c", "kill -9 $$"], 20, 10)?.end == .killed)
        let printed = output(["sh", "-c", "echo $A; cat"], 20, 10)
        #expect(printed?.end == .exited(0) && printed?.bytes == Array("b\n".utf8))
        #expect(ContinuousClock.now - began < .seconds(20))
    }

    private func provenance(
        script: String? = nil, threads: Int = 2, determinism: Determinism = .repeatable,
        environment: [String: String] = [:]
    ) -> Provenance {
        let identity = script.map {
            RunManifest.ScriptIdentity(
                path: $0, sha256: "ab", arguments: ["x"], overrides: ["a=1"], options: ["--smoke"])
        }
        var made = Provenance(
            script: identity, interpreter: "Lua 5.4",
            context: Context(backend: ReferenceBackend(), seed: 7, determinism: determinism),
            environment: environment)
        made.machine.threads = threads
        return made
    }

    @Test func equalStartsShareAFile() throws {
        let repository = try Repository()
        let folder = RunFolder(try #require(repository.folder.file("run") as String?))
        let script = repository.folder.file("study.lua")
        let first = try provenance(script: script).write(into: folder)
        #expect(try provenance(script: script).write(into: folder) == first)
        #expect(try SystemFileSystem().list(folder.location("provenance")) == ["\(first).json"])
        try AtomicWriter().write("print('changed')\n", to: script)
        let second = try provenance(script: script).write(into: folder)
        #expect(second != first)
        let names = try SystemFileSystem().list(folder.location("provenance"))
        #expect(Set(names) == ["\(first).json", "\(second).json", "\(second).diff"])
        let stored = try Provenance.stored(in: folder)
        let dirty = try #require(stored.first { $0.name == second }?.json)
        let diff = try SystemFileSystem().readAll(folder.location("provenance/\(second).diff"))
        #expect(dirty["git"]?["diff_sha256"]?.stringValue == SHA256.hex(of: diff))
        #expect(dirty["git"]?["dirty"] == .bool(true))
        #expect(dirty["script"]?["options"] == .array(["--smoke"]))
        #expect(dirty["interpreter"] == "Lua 5.4" && dirty["seed"] == .integer(7))
        for key in ["cpu", "os", "host", "blas", "blas_core", "hdf5", "swift", "folder"] {
            #expect(dirty[key]?.stringValue?.isEmpty == false, "\(key)")
        }
        #expect((dirty["cores"]?.intValue ?? 0) >= 1)
        // The name is the digest of the bytes.
        let bytes = try SystemFileSystem().readAll(folder.location("provenance/\(second).json"))
        #expect(SHA256.hex(of: bytes).hasPrefix(second))
    }

    @Test func onlyWhatNumbersDependOnIsTakenFromTheEnvironment() {
        let made = provenance(environment: [
            "HIRE_PLUGINS": "p", "OMP_NUM_THREADS": "2", "OPENBLAS_CORETYPE": "Zen",
            "SLURM_JOB_ID": "3", "RANK": "0", "HOME": "/root", "API_TOKEN": "secret",
        ])
        #expect(
            made.environment.keys.sorted() == [
                "HIRE_PLUGINS", "OMP_NUM_THREADS", "OPENBLAS_CORETYPE", "RANK", "SLURM_JOB_ID",
            ])
    }

    @Test func mixedRunsAreNamed() throws {
        let folder = RunFolder(try TemporaryFolder().file("run"))
        let mine = provenance()
        #expect(try mine.warning(about: folder) == nil)
        try mine.write(into: folder)
        #expect(try mine.warning(about: folder) == nil && !mine.isMixed(folder))
        let wide = provenance(threads: 4)
        let warning = try #require(try wide.warning(about: folder))
        #expect(
            warning.contains("threads is 4 here and 2 there") && !warning.contains("\n")
                && warning.contains("mixed"), "\(warning)")
        // Threads change no bits at the level `invariant`, and nothing is promised at `fast`.
        #expect(
            try provenance(threads: 4, determinism: .invariant).warning(about: folder) == nil)
        #expect(try provenance(threads: 4, determinism: .fast).warning(about: folder) == nil)
        var other = mine
        other.machine.processor = "Other 9000"
        other.machine.matrixKernels = "Haswell"
        let both = try #require(try other.warning(about: folder))
        #expect(both.contains("Other 9000") && both.contains("blas_core is 'Haswell' here"))
        try wide.write(into: folder)
        #expect(try mine.isMixed(folder))
    }

    @Test func recordingsTellWhereTheyWereMade() throws {
        let repository = try Repository()
        let script = repository.folder.file("study.lua")
        let context = Context(backend: ReferenceBackend())
        let made = provenance(script: script, threads: 3)
        let metadata = try RunMetadata(
            Configuration(["a": 1]), seed: 4, context: context, provenance: made, modelDigest: "cd")
        let values = Dictionary(metadata.attributes, uniquingKeysWith: { first, _ in first })
        #expect(values["threads"] == 3 && values["seed"] == 4 && values["git_dirty"] == false)
        #expect(values["script_sha256"] == "ab" && values["model_sha256"] == "cd")
        #expect(values["git_branch"] == "trunk" && values["interpreter"] == "Lua 5.4")
        let content: Set = [
            "schema", "schema_version", "config_json", "config_sha256", "model_sha256", "seed",
            "backend", "deterministic",
        ]
        let told = values.keys.filter {
            !HDF5ContentDigest.provenance.contains($0) && !$0.hasPrefix("git_")
        }
        #expect(Set(told) == content)
    }
}
