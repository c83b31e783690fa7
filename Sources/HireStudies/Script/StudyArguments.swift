import Foundation
import HireFiles
import HireVLM

/// What the functions of `hire.study` read alike: axes, points, seeds, and what the command line puts over them.
struct StudyArguments {
    let arguments: ScriptArguments

    /// The options that every study has.
    static let options: [ScriptParameter] = [
        .optional(
            "axes", .either([.table, .list(.list(.any))]),
            "Values by key, `{ [\"training.steps\"] = { 100, 200 } }`; keys are sorted, or stay in their order in a list: "
                + "`{ { \"training.steps\", { 100, 200 } }, … }`.", default: "{}"),
        .optional(
            "pairing", .choice(StudyRequest.Pairing.allCases.map(\.rawValue)),
            "Every value with every other, or the first of each, the second of each, ….",
            default: "\"grid\""),
        .optional(
            "points", .list(.table), "Combinations one by one, instead of axes.", default: "{}"),
        .optional("seeds", .list(.integer), "Seeds that every point is run with."),
        .optional("seed", .integer, "The same for one seed."),
        .optional(
            "fresh", .boolean, "Does finished items again.",
            default: "whether the command line says `--fresh`"),
        .optional("folder", .path, "Where results go.", default: "the folder for results"),
    ]

    /// What the command line asks, with the script's own `fresh`.
    func request() throws -> StudyRequest {
        var request = arguments.host.studyRequest
        request.fresh = try arguments.boolean("fresh", default: request.fresh)
        return request
    }

    /// Where results go.
    func folder() throws -> RunFolder {
        RunFolder(try arguments.string("folder", default: arguments.host.outputFolder))
    }

    /// Axes, points and seeds as the script gives them, and then as the command line does.
    ///
    /// - Parameter own: keys of the command line that the study takes itself.
    func grid(leaving own: [String], defaultSeeds: [Int]) throws -> StudyGrid {
        var grid = StudyGrid()
        grid.axes = try axes()
        grid.points = try points()
        grid.pairing =
            StudyRequest.Pairing(rawValue: try arguments.string("pairing", default: "grid"))
            ?? .grid
        grid.seeds = try seeds() ?? defaultSeeds
        let request = arguments.host.studyRequest
        let taken = request.overrides.filter { ["seeds", "seed"].contains($0.key) }
        for override in taken {
            grid.seeds = try override.elements.map { value in
                guard let seed = value.intValue, seed >= 0 else {
                    throw StudyError.axis(
                        "\(override.text): seeds are whole numbers from 0, got \(value.axisText).")
                }
                return seed
            }
        }
        let rest = request.overrides.filter { !own.contains($0.key) && !taken.contains($0) }
        grid.put(rest, pairing: request.pairing)
        return grid
    }

    /// The keys of the axes and points that the script itself has.
    func scriptKeys() throws -> [String] {
        var grid = StudyGrid()
        grid.axes = try axes()
        grid.points = try points()
        return grid.keys
    }

    /// The script as the manifest names it; nil where there is none.
    func script(_ function: (any ScriptCallable)? = nil) throws -> RunManifest.ScriptIdentity? {
        let host = arguments.host
        guard let script = host.studyRequest.script else { return nil }
        let text = SHA256.hex(of: script.text.utf8)
        var digest = text
        if let modules = try function?.sources().modules, !modules.isEmpty {
            let lines = modules.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)\n" }
            digest = SHA256.hex(of: (digest + "\n" + lines.joined()).utf8)
        }
        return RunManifest.ScriptIdentity(
            path: script.path, sha256: digest, arguments: host.arguments,
            overrides: host.studyRequest.overrides.map(\.text), options: script.options,
            textSHA256: text,
            output: StudyArguments.way(from: try folder().path, to: host.outputFolder))
    }

    /// How to get from one folder to another; "." if they are the same.
    static func way(from start: String, to end: String) -> String {
        let parts = [start, end].map {
            URL(fileURLWithPath: $0).standardizedFileURL.path.split(separator: "/")
        }
        let common = zip(parts[0], parts[1]).prefix { $0 == $1 }.count
        let steps =
            Array(repeating: "..", count: parts[0].count - common)
            + parts[1].dropFirst(common).map(String.init)
        return steps.isEmpty ? "." : steps.joined(separator: "/")
    }

    /// What determines numbers beside a study's own options: what the script was given, and the text of plugins.
    func surroundings() throws -> JSONObject {
        let host = arguments.host
        var members: JSONObject = [
            "arguments": .array(host.arguments.map { .string($0) }), "smoke": .bool(host.isSmoke),
            "context_seed": .string("\(host.context.random.seed)"),
        ]
        let sources = try PluginSources.digests(
            of: host.catalog, script: host.studyRequest.script?.text)
        if !sources.isEmpty { members["sources"] = .object(sources) }
        return members
    }

    /// Tells the host what this study took of the command line.
    func take(_ request: StudyRequest) {
        for part in request.parts { arguments.host.take(part) }
    }

    /// Runs a plan; the script ends here after a dry run, and in a process that only helps.
    func run(_ plan: any StudyPlan, _ runner: StudyRunner) throws -> RunOutcome {
        take(runner.request)
        let host = arguments.host
        let place = URL(fileURLWithPath: runner.folder.path).standardizedFileURL.path
        let study = plan.kind + plan.items.map { " \($0.id)" }.joined()
        guard host.claim(place, for: study) else {
            throw StudyError.sameFolder(runner.folder.path)
        }
        let random = host.context.random
        // Draws behind the study do not depend on how much of it had to be done.
        defer { host.context.resetStreams(random) }
        let monitor = RunMonitor(host)
        try describe(runner, monitor)
        let outcome: RunOutcome
        do {
            outcome = try runner.run(plan, monitor)
        } catch {
            noteProgress(runner)
            throw error
        }
        host.note(failedItems: outcome.failed.count)
        if runner.request.role == .worker {
            monitor.say(
                "\(runner.folder.path): this process did \(outcome.done.count) of \(outcome.items.count) items; nothing is "
                    + "left to take.")
        }
        if runner.request.isDryRun || runner.request.role == .worker { throw ScriptEnd() }
        return outcome
    }

    /// Has the run record with what it was run, and say so where parts of it were computed under other conditions.
    private func describe(_ runner: StudyRunner, _ monitor: RunMonitor) throws {
        if runner.request.isDryRun { return }
        let provenance = Provenance(
            script: runner.script, interpreter: runner.request.script?.interpreter ?? "",
            context: arguments.host.context)
        runner.folder.provenance = provenance
        let folder = runner.folder
        runner.beforeFirstItem = { _ in
            if let warning = try provenance.warning(about: folder) { monitor.say(warning) }
            try provenance.write(into: folder)
        }
    }

    /// Tells the host how far a run is that was asked to stop.
    private func noteProgress(_ runner: StudyRunner) {
        do {
            try arguments.host.checkInterrupt()
        } catch {
            guard let contents = try? runner.folder.contents() else { return }
            arguments.host.note(progressWhenStopped: contents.progress)
        }
    }

    private func points() throws -> [JSONObject] {
        try arguments.list("points").enumerated().map { index, value in
            guard let point = try value.json("points[\(index + 1)]").objectValue, !point.isEmpty
            else {
                throw arguments.mismatch("points", "a list of tables with named values")
            }
            return point
        }
    }

    private func axes() throws -> [StudyAxis] {
        switch arguments.value("axes") {
        case .none: return []
        case .table(let fields):
            return try fields.sorted { $0.key < $1.key }.map {
                StudyAxis($0.key, try values($0.value, $0.key))
            }
        case .list(let list):
            return try list.map { entry in
                guard case .list(let pair) = entry, pair.count == 2, case .string(let key) = pair[0]
                else {
                    throw arguments.mismatch(
                        "axes", "a table of lists, or a list of { key, values }")
                }
                return StudyAxis(key, try values(pair[1], key))
            }
        default: throw arguments.mismatch("axes", "a table of lists, or a list of { key, values }")
        }
    }

    private func values(_ value: ScriptValue, _ key: String) throws -> [JSONValue] {
        guard case .list(let list) = value else {
            throw ScriptError.message(
                "\(arguments.function): the axis '\(key)' must be a list of values, got a \(value.typeName)."
            )
        }
        return try list.enumerated().map { try $1.json("axes.\(key)[\($0 + 1)]") }
    }

    private func seeds() throws -> [Int]? {
        if arguments.has("seeds") {
            if arguments.has("seed") {
                throw ScriptError.message(
                    "\(arguments.function): give 'seeds' or 'seed', not both.")
            }
            let seeds = try arguments.integers("seeds")
            guard seeds.allSatisfy({ $0 >= 0 }) else {
                throw arguments.mismatch("seeds", "a list of numbers from 0")
            }
            return seeds
        }
        guard arguments.has("seed") else { return nil }
        let seed = try arguments.integer("seed")
        guard seed >= 0 else { throw arguments.mismatch("seed", "a number from 0") }
        return [seed]
    }
}
