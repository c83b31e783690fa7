import Foundation
import Glibc
import HireFiles
import Synchronization

/// The right to work on one item: a file in `leases/` that only one process can have made, renewed while the work goes on.
///
/// There are no locks, which network file systems forget. A process that dies leaves its lease behind; whoever sees that
/// it is dead, or that the lease was not renewed for long by the watcher's own clock, takes it over.
public final class RunLease: Sendable {
    /// What a lease says.
    public struct Holder: Sendable, Equatable {
        /// Who works on the item.
        public var process: ProcessIdentity
        /// Tells this lease from every other that was ever made.
        public var token: String
        /// How often it was renewed.
        public var beat: Int

        /// A holder from its parts.
        init(process: ProcessIdentity, token: String, beat: Int) {
            self.process = process
            self.token = token
            self.beat = beat
        }

        /// What a lease's file says.
        ///
        /// - Throws: `FileError` for one that cannot be read or is no lease.
        init(reading path: String, in fileSystem: any FileSystem) throws {
            let json = try JSONParser.readObject(path, in: fileSystem)
            self.init(
                process: ProcessIdentity(
                    host: try json.requireString("host", source: path),
                    process: try json.requireInt("pid", source: path),
                    start: try json.requireString("process_start", source: path)),
                token: try json.requireString("token", source: path),
                beat: try json.requireInt("beat", source: path))
        }
    }

    /// The item's id.
    public let item: String
    private let path: String
    private let holder: Holder
    private let fileSystem: any FileSystem
    private let state = Mutex(State())
    /// Wakes the thread that renews the lease.
    private let bell = NSCondition()

    private struct State {
        var beat = 0
        var isReleased = false
        var isLost = false
    }

    /// Tells this lease from every other that was ever made.
    var token: String { holder.token }
    /// Whether the last sign of life found the lease gone or in other hands: whoever works on the item has to leave it.
    var isLost: Bool { state.withLock(\.isLost) }

    static let folderName = "leases"

    private init(item: String, path: String, holder: Holder, fileSystem: any FileSystem) {
        self.item = item
        self.path = path
        self.holder = holder
        self.fileSystem = fileSystem
    }

    /// Ids of the items that have a lease, sorted.
    ///
    /// - Throws: `FileError` if the folder cannot be read.
    public static func items(in folder: RunFolder) throws -> [String] {
        let path = folder.location(folderName)
        guard try folder.fileSystem.exists(path) else { return [] }
        return try folder.fileSystem.list(path).filter { $0.hasSuffix(".json") }
            .map { String($0.dropLast(".json".count)) }
    }

    /// Who works on an item, or nil if nobody does.
    ///
    /// - Throws: `FileError`; a lease that cannot be read names its file.
    public static func holder(of item: String, in folder: RunFolder) throws -> Holder? {
        let path = folder.location("\(folderName)/\(item).json")
        do {
            guard try folder.fileSystem.exists(path) else { return nil }
            return try Holder(reading: path, in: folder.fileSystem)
        } catch let error as FileError where error.errorNumber == ENOENT {
            return nil  // it was released between two looks
        } catch let error as FileError where error.category == .badData {
            // Half a lease of someone who has just made it, or who died then: it counts like any other that is not renewed.
            return Holder(
                process: ProcessIdentity(host: "", process: 0, start: ""), token: "unreadable",
                beat: 0)
        }
    }

    /// Takes the lease of an item, or gives nil if someone else has it.
    ///
    /// - Parameters:
    ///   - watch: remembers since when other leases have not been renewed.
    ///   - beat: seconds between two renewals.
    /// - Throws: `FileError`.
    static func take(
        _ item: String, in folder: RunFolder, watch: LeaseWatch, beat: Double,
        process: ProcessIdentity = .current
    ) throws -> RunLease? {
        let fileSystem = folder.fileSystem
        let path = try folder.file("\(folderName)/\(item).json")
        let lease = RunLease(
            item: item, path: path,
            holder: Holder(
                process: process,
                token: String(UInt64.random(in: .min ... .max), radix: 16), beat: 0),
            fileSystem: fileSystem)
        if let other = try holder(of: item, in: folder) {
            guard watch.isStale(other, of: item) else { return nil }
            // Only one of several takers can move the file away, and it looks at what it moved.
            let aside = folder.location("\(folderName)/.\(lease.holder.token).hire-tmp")
            do {
                try fileSystem.rename(path, to: aside)
            } catch let error as FileError where error.errorNumber == ENOENT {
                return nil
            }
            guard try moved(aside, is: other, in: folder) else {
                try fileSystem.rename(aside, to: path)
                return nil
            }
            try fileSystem.removeFile(aside)
        }
        do {
            try lease.create()
        } catch let error as FileError where error.errorNumber == EEXIST {
            return nil
        }
        watch.forget(item)
        lease.beginBeating(every: beat)
        return lease
    }

    /// Whether the lease is still this one: nobody took it over.
    public func isHeld() throws -> Bool {
        guard try fileSystem.exists(path) else { return false }
        let json = try JSONParser.readObject(path, in: fileSystem)
        return json["token"]?.stringValue == holder.token
    }

    /// Gives the item back; does nothing if somebody else has taken it over.
    public func release() throws {
        let isFirst = state.withLock { state in
            defer { state.isReleased = true }
            return !state.isReleased
        }
        bell.lock()
        bell.broadcast()
        bell.unlock()
        guard isFirst else { return }
        do {
            try remove()
        } catch {
            // A lease that stays is in the way of others; what failed once may well work now.
            try? remove()
            throw error
        }
    }

    private func remove() throws {
        guard try isHeld() else { return }
        try fileSystem.removeFile(path)
    }

    private static func moved(_ aside: String, is other: Holder, in folder: RunFolder) throws
        -> Bool
    {
        do {
            let json = try JSONParser.readObject(aside, in: folder.fileSystem)
            return json["token"]?.stringValue == other.token && json["beat"]?.intValue == other.beat
        } catch let error as FileError where error.category == .badData {
            return other.token == "unreadable"
        }
    }

    private func text(_ beat: Int) throws -> [UInt8] {
        let json: JSONObject = [
            "host": .string(holder.process.host), "pid": .integer(Int64(holder.process.process)),
            "process_start": .string(holder.process.start), "token": .string(holder.token),
            "beat": .integer(Int64(beat)),
        ]
        return Array(try JSONWriter(order: .sorted).string(.object(json)).utf8)
    }

    private func create() throws {
        let bytes = try text(0)
        let file = try fileSystem.repeatingInterrupted {
            try fileSystem.open(path, for: .createNew)
        }
        do {
            do {
                try bytes.withUnsafeBytes { try fileSystem.writeAll(file, $0) }
            } catch {
                try? fileSystem.close(file)
                throw error
            }
            try fileSystem.close(file)
        } catch {
            try? fileSystem.removeFile(path)
            throw error
        }
    }

    private func beginBeating(every seconds: Double) {
        let thread = Thread { [weak self, bell] in
            while true {
                bell.lock()
                let until = Date(timeIntervalSinceNow: seconds)
                while self?.isReleased == false, bell.wait(until: until) {}
                bell.unlock()
                guard let self, !self.isReleased else { return }
                self.renew()
            }
        }
        thread.name = "lease \(item)"
        thread.start()
    }

    private var isReleased: Bool { state.withLock(\.isReleased) }

    /// One sign of life; one that fails is tried again at the next beat, and never stops the work.
    private func renew() {
        state.withLock { state in
            guard !state.isReleased, let held = try? isHeld() else { return }
            guard held else {
                state.isLost = true
                return
            }
            guard let bytes = try? text(state.beat + 1) else { return }
            let name = ".\(item).\(holder.token).hire-tmp"
            let temporary = FilePath.join(FilePath.folder(of: path), name)
            do {
                let file = try fileSystem.open(temporary, for: .createNew)
                defer { try? fileSystem.close(file) }
                try bytes.withUnsafeBytes { try fileSystem.writeAll(file, $0) }
                try fileSystem.rename(temporary, to: path)
                state.beat += 1
            } catch {
                try? fileSystem.removeFile(temporary)
            }
        }
    }
}
