import ArgumentParser
import Foundation
import HireFiles
import HireLua
import HireVLM

/// One script from its start to its end, and what is said at the end.
struct ScriptRun {
    /// Where the script lies or lay: the name in messages, and where modules are looked for.
    let path: String
    /// Its text.
    let text: String
    /// The folder for results.
    let folder: String
    /// What the command line asked for.
    let command: RunCommand

    /// Runs the script.
    ///
    /// - Throws: `ProgramExit` after everything was said.
    func run() throws {
        let place = try rank()
        var request = try command.request(text: text)
        if let place {
            (request.rank, request.ranks) = (place.rank, place.count)
            if place.rank > 0 { request.role = .worker }
            if place.count > 1, request.fresh {
                throw ValidationError(
                    "--fresh begins anew, and \(place.count) ranks (\(place.variable)) would begin while others forget; choose "
                        + "another folder (--out), or remove \(folder) first.")
            }
            // One rank says what would be done.
            if place.rank > 0, request.isDryRun { return }
            if place.rank == 0, place.count > 1 {
                Terminal.writeError(
                    "hire: rank 0 of \(place.count) (\(place.variable)): shares \(folder) with the other ranks.\n"
                )
            }
        }
        let arguments = command.arguments ?? []
        let output = StandardOutput(isQuiet: command.study.quiet || request.rank > 0)
        let state = try command.script.makeState(
            output: output, folder: folder, isSmoke: command.smoke, arguments: arguments)
        defer { state.close() }
        let host = state.host as? StandardHost
        host?.studyRequest = request
        try state.prepare(script: path, arguments: arguments)
        state.watchSignals()
        do {
            try state.run(text, name: path)
        } catch {
            Machine.flush()
            let report = ErrorReport(error)
            if let signal = LuaState.arrivedSignal ?? report.signal {
                stop(signal, error, host)
            }
            guard report.kind == .ended else {
                throw ProgramExit(
                    code: Complaint.print(error, traceback: command.script.traceback))
            }
        }
        Machine.flush()
        // A script that caught the interruption and came to its end has not done all that it was asked.
        if let signal = LuaState.arrivedSignal { stop(signal, nil, host) }
        guard let host else { return }
        try refuse(host.untaken)
        if host.failedItems > 0 { throw ProgramExit(code: 2) }
    }

    private func rank() throws -> ProcessRank? {
        if command.isWorker == true { return nil }
        return try ProcessRank.read(ProcessInfo.processInfo.environment)
    }

    /// Says how far things are and how to go on after a signal, and ends the program.
    ///
    /// The state is not closed: that would wait for programs whose output the script reads.
    private func stop(
        _ signal: ScriptInterruption.Signal, _ error: (any Error)?, _ host: StandardHost?
    ) -> Never {
        if let error, ErrorReport(error).kind != .interrupted {
            // What failed may have failed because of the signal, or just before it.
            _ = Complaint.print(error, traceback: command.script.traceback)
        }
        let progress = host?.progressWhenStopped.map { " \($0)" } ?? ""
        let again = ShellWords.line(ShellWords.goingOn(CommandLine.arguments))
        // The ranks of one launch are stopped together, and one of them says it.
        if (host?.studyRequest.rank ?? 0) == 0 {
            Terminal.writeError(
                "hire: stopped by \(signal.rawValue); what was finished is kept.\(progress) Go on with: \(again)\n"
            )
        }
        Machine.flush()
        Machine.end(signal.exitCode)
    }

    /// Complains of what was asked for and no study took.
    private func refuse(_ parts: [StudyRequest.Part]) throws {
        if parts.isEmpty { return }
        let texts = parts.map { part in
            guard case .override(let key) = part else { return part.text }
            return command.words.first { $0.hasPrefix(key + "=") } ?? key
        }
        Terminal.writeError(
            "hire: the script has ended, and no study in it took \(texts.joined(separator: " or ")); what the script "
                + "itself is given stands behind --.\n")
        throw ProgramExit(code: 64)
    }
}
