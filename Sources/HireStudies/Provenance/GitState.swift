import Foundation
import HireFiles

/// What git knows of the folder in which a script lies.
public struct GitState: Sendable, Equatable {
    /// Changes against the commit.
    public struct Changes: Sendable, Equatable {
        /// `git diff HEAD` of the whole repository.
        public var diff: [UInt8]
        /// Whether the end of the diff is missing, because it was too long or took too long.
        public var isCut: Bool
    }

    /// The repository's folder.
    public var repository: String
    /// The commit that is checked out; nil in a repository without commits.
    public var commit: String?
    /// The branch; nil where none is checked out.
    public var branch: String?
    /// What files under version control differ from the commit; nil if none does.
    public var changes: Changes?
    /// Whether the script itself is under version control; nil without a script.
    public var knowsScript: Bool?

    /// Whether anything differs from the commit.
    public var isDirty: Bool { changes != nil }

    /// Why there is no state of a repository.
    public enum Absence: String, Error, Sendable {
        /// The program `git` is not installed.
        case noProgram = "git is not installed"
        /// The folder lies in no repository, or in one that git does not trust.
        case noRepository = "the script lies in no git repository"
        /// git did not answer in time.
        case late = "git did not answer in time"
    }

    /// Asks git, which is given ten seconds for everything.
    ///
    /// Nothing in the repository is written, and no program that its settings name is started for the comparison.
    ///
    /// - Parameters:
    ///   - folder: in which the script lies.
    ///   - script: the script's name in the folder.
    ///   - diffLimit: bytes of the diff that are kept.
    public static func read(
        _ folder: String, script: String?, diffLimit: Int = 4 << 20, seconds: Double = 10
    ) -> Result<GitState, Absence> {
        let git = Asker(folder: folder, deadline: .now + .seconds(seconds))
        guard let top = git.ask("rev-parse", "--show-toplevel") else { return .failure(.noProgram) }
        if top.end == .late { return .failure(.late) }
        guard top.end == .exited(0), let repository = top.line else {
            return .failure(.noRepository)
        }
        let commit = git.ask("rev-parse", "--verify", "--quiet", "HEAD")
        let branch = git.ask("symbolic-ref", "--short", "--quiet", "HEAD")
        var state = GitState(
            repository: repository, commit: commit?.success?.line, branch: branch?.success?.line,
            changes: nil, knowsScript: nil)
        if let script {
            let known = git.ask("ls-files", "--error-unmatch", "--", script)
            if case .exited(let status)? = known?.end { state.knowsScript = status == 0 }
        }
        if state.commit != nil,
            let diff = git.ask(
                "diff", "--no-color", "--no-ext-diff", "--no-textconv", "--src-prefix=a/",
                "--dst-prefix=b/", "HEAD", "--", limit: diffLimit)
        {
            let isWhole = diff.end == .exited(0)
            if !diff.bytes.isEmpty || !isWhole {
                state.changes = Changes(diff: diff.bytes, isCut: !isWhole)
            }
        }
        return .success(state)
    }

    private struct Asker {
        let folder: String
        let deadline: ContinuousClock.Instant
        let environment: [String: String]

        init(folder: String, deadline: ContinuousClock.Instant) {
            self.folder = folder
            self.deadline = deadline
            // Whoever runs us from a hook of git's has set variables that name another repository.
            var environment = ProcessInfo.processInfo.environment.filter {
                !$0.key.hasPrefix("GIT_")
            }
            environment["GIT_OPTIONAL_LOCKS"] = "0"
            environment["GIT_TERMINAL_PROMPT"] = "0"
            environment["LC_ALL"] = "C"
            self.environment = environment
        }

        func ask(_ words: String..., limit: Int = 1 << 16) -> CommandOutput? {
            CommandOutput(
                "git", ["--no-pager", "-C", folder, "-c", "core.fsmonitor=false"] + words,
                environment: environment, deadline: deadline, limit: limit)
        }
    }
}

extension CommandOutput {
    /// Itself, if the program ended with status 0.
    fileprivate var success: CommandOutput? { end == .exited(0) ? self : nil }

    /// The first line of the output; nil if that is empty.
    fileprivate var line: String? {
        let line = bytes.prefix { $0 != 0x0A }
        return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
    }
}
