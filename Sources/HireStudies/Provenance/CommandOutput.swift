import Glibc

/// What a program that was run beside this one printed to its standard output.
struct CommandOutput {
    /// How it came to its end.
    enum End: Equatable {
        /// By itself, with a status.
        case exited(Int32)
        /// By a signal from elsewhere.
        case killed
        /// It took longer than it was given, and was killed.
        case late
        /// It printed more than was asked for, and was killed.
        case cut
    }

    /// How it ended.
    let end: End
    /// What it printed, at most as much as was asked for.
    let bytes: [UInt8]

    /// Runs a program, without a shell, and waits for it.
    ///
    /// - Parameters:
    ///   - program: a path, or a name that is looked for on the search path.
    ///   - environment: all variables that it gets.
    ///   - deadline: when it has to have ended.
    ///   - limit: bytes of output that are taken.
    /// - Returns: nil if there is no such program, or no process for it.
    init?(
        _ program: String, _ arguments: [String], environment: [String: String],
        deadline: ContinuousClock.Instant, limit: Int
    ) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let started = CommandOutput.spawn(
            [program] + arguments, environment.map { "\($0.key)=\($0.value)" }.sorted(),
            output: ends[1])
        close(ends[1])
        defer { close(ends[0]) }
        guard let process = started else { return nil }
        var bytes: [UInt8] = []
        var early = CommandOutput.read(ends[0], into: &bytes, deadline, limit)
        var status: Int32 = 0
        if early == nil, !CommandOutput.collects(process, &status, until: deadline) {
            early = .late
        }
        if early != nil {
            kill(process, SIGKILL)
            while waitpid(process, &status, 0) < 0, errno == EINTR {}
        }
        self.bytes = bytes
        end = early ?? (status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .killed)
    }

    private static func spawn(_ words: [String], _ environment: [String], output: Int32) -> pid_t? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
        defer { for pointer in arguments + variables { free(pointer) } }
        var process: pid_t = 0
        let failure = posix_spawnp(&process, words[0], &actions, nil, &arguments, &variables)
        return failure == 0 ? process : nil
    }

    /// Reads to the end of the output; returns why it stopped before.
    private static func read(
        _ pipe: Int32, into bytes: inout [UInt8], _ deadline: ContinuousClock.Instant, _ limit: Int
    ) -> End? {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let left = ContinuousClock.now.duration(to: deadline)
            if left <= .zero { return .late }
            var ready = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
            let count = poll(&ready, 1, Int32(min(left / .milliseconds(1), 1000)) + 1)
            if count <= 0 { continue }
            let taken = Glibc.read(pipe, &buffer, buffer.count)
            if taken == 0 { return nil }
            if taken < 0 { continue }
            bytes += buffer.prefix(min(taken, limit - bytes.count))
            if taken > 0, bytes.count == limit { return .cut }
        }
    }

    /// Whether a process whose output has ended comes to its end in time.
    private static func collects(
        _ process: pid_t, _ status: inout Int32, until deadline: ContinuousClock.Instant
    ) -> Bool {
        while waitpid(process, &status, WNOHANG) != process {
            if ContinuousClock.now >= deadline { return false }
            usleep(1000)
        }
        return true
    }
}
