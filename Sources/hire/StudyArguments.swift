import ArgumentParser
import Foundation
import HireFiles
import HireLua
import HireVLM

/// What `hire run` and `hire worker` ask of the studies in a script.
struct StudyArguments: ParsableArguments {
    /// What happens after an item failed.
    enum AfterFailure: String, EnumerableFlag {
        case keepGoing, failFast

        static func help(for value: AfterFailure) -> ArgumentHelp? {
            switch value {
            case .keepGoing:
                "Go on with the other items after one failed; the status is then 2 at the end."
            case .failFast: "Stop at the first item that fails (the default)."
            }
        }
    }

    @Option(
        help: ArgumentHelp(
            "Do only the items that this selects; may be given several times.",
            discussion:
                "A pattern over labels (hire*), or one over an item's id, variant, seed or axis (seed=2).",
            valueName: "pattern"))
    var only: [String] = []

    @Flag(exclusivity: .exclusive)
    var afterFailure = AfterFailure.failFast

    @Option(
        name: .customLong("accept-changes"),
        help: ArgumentHelp(
            "Options that may differ from what the folder holds; the items are then done beside the old ones.",
            valueName: "key,key"))
    var acceptedChanges: [String] = []

    @Flag(
        name: [.customShort("q"), .customLong("quiet")],
        help: "Show no progress.")
    var quiet = false

    /// Environment variables for slow shared disks: seconds between two signs of life of whoever works on an item, and
    /// without one until it is taken over.
    private static let leaseNames = (beat: "HIRE_LEASE_BEAT", stale: "HIRE_LEASE_STALE")

    func validate() throws {
        let lease = try Self.lease(ProcessInfo.processInfo.environment)
        if lease.stale < 2 * lease.beat {
            throw ValidationError(
                "\(Self.leaseNames.stale) (\(lease.stale) s) must be at least twice \(Self.leaseNames.beat) "
                    + "(\(lease.beat) s), or work that goes on is taken for abandoned.")
        }
        for pattern in only {
            do {
                _ = try Glob(pattern)
            } catch {
                throw ValidationError("--only \(pattern): \(error)")
            }
        }
        for key in acceptedKeys {
            do {
                try StudyOverride.check(key: key, of: key)
            } catch {
                throw ValidationError("--accept-changes: \(error)")
            }
        }
    }

    /// The keys behind `--accept-changes`, one by one.
    var acceptedKeys: [String] {
        acceptedChanges.flatMap {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
    }

    /// Puts what was asked for into a request.
    func fill(_ request: inout StudyRequest) {
        request.only = only
        request.keepsGoing = afterFailure == .keepGoing
        request.acceptedChanges = acceptedKeys
        if let lease = try? Self.lease(ProcessInfo.processInfo.environment) {
            request.leaseBeat = lease.beat
            request.leaseStale = lease.stale
        }
    }

    /// How long leases last by the environment.
    private static func lease(_ environment: [String: String]) throws -> (
        beat: Double, stale: Double
    ) {
        let standard = StudyRequest()
        let seconds = { (name: String, otherwise: Double) throws -> Double in
            guard let text = environment[name] else { return otherwise }
            guard let value = Double(text), value >= 0.05, value <= 86_400 else {
                throw ValidationError("\(name) is '\(text)'; expected seconds from 0.05 to 86400.")
            }
            return value
        }
        return (
            try seconds(leaseNames.beat, standard.leaseBeat),
            try seconds(leaseNames.stale, standard.leaseStale)
        )
    }
}
