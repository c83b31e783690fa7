import Foundation
import HireFiles
import HireHDF5

/// Puts finished shards on the disk while the next one is filled: digest, write, fsync, rename.
///
/// One shard is written at a time and none waits: whoever brings the next one waits for the one before. Memory is
/// therefore two shards, whatever the disk does. An error is thrown by the next call and names the path.
final class BackgroundShardWriter {
    private struct Job: Sendable {
        let image: HDF5Image
        let path: String
    }

    /// What the caller's thread and the writing one share.
    private final class Desk: @unchecked Sendable {
        let condition = NSCondition()
        var job: Job?
        var isClosed = false
        var error: (any Error)?
        var free: [HDF5Image] = []
        var written: [WrittenShard] = []
    }

    private let desk = Desk()
    private let capacity: Int
    private let fileSystem: any FileSystem
    private var isStarted = false

    /// A writer; its thread starts with the first shard.
    ///
    /// - Parameter capacity: bytes that a shard is expected to take.
    init(capacity: Int, fileSystem: any FileSystem) {
        self.capacity = capacity
        self.fileSystem = fileSystem
    }

    /// Nothing gets its final name after its owner is gone: an item that was stopped may be someone else's by then.
    deinit {
        desk.condition.lock()
        desk.isClosed = true
        desk.condition.broadcast()
        while desk.job != nil, desk.error == nil { desk.condition.wait() }
        desk.condition.unlock()
    }

    /// Memory for the next shard: that of one already written, where there is one.
    func image() throws -> HDF5Image {
        let used = locked { $0.free.popLast() }
        return try used ?? HDF5Image(capacity: capacity)
    }

    /// Throws what stopped the writing thread, if anything did.
    func check() throws {
        if let error = locked({ $0.error }) { throw error }
    }

    /// Takes a finished shard to be written at a path, once the one before is on the disk.
    func submit(_ image: HDF5Image, to path: String) throws {
        start()
        desk.condition.lock()
        while desk.job != nil, desk.error == nil { desk.condition.wait() }
        if desk.error == nil {
            desk.job = Job(image: image, path: path)
            desk.condition.broadcast()
        }
        desk.condition.unlock()
        try check()
    }

    /// Waits until everything is on the disk and says what is there.
    func finish() throws -> [WrittenShard] {
        desk.condition.lock()
        while desk.job != nil, desk.error == nil { desk.condition.wait() }
        desk.condition.unlock()
        try check()
        return locked { $0.written }
    }

    private func locked<Result>(_ body: (Desk) -> Result) -> Result {
        desk.condition.lock()
        defer { desk.condition.unlock() }
        return body(desk)
    }

    private func start() {
        if isStarted { return }
        isStarted = true
        let (desk, fileSystem) = (desk, fileSystem)
        let thread = Thread { BackgroundShardWriter.work(desk, fileSystem) }
        thread.name = "shards"
        thread.start()
    }

    private static func work(_ desk: Desk, _ fileSystem: any FileSystem) {
        while true {
            desk.condition.lock()
            while desk.job == nil, !desk.isClosed { desk.condition.wait() }
            let job = desk.job
            desk.condition.unlock()
            guard let job else { return }
            let result = Result { try write(job, fileSystem, desk) }
            desk.condition.lock()
            switch result {
            case .success(let written):
                desk.written.append(written)
                desk.free.append(job.image)
            case .failure(let error): desk.error = error
            }
            desk.job = nil
            let isOver = desk.error != nil
            desk.condition.broadcast()
            desk.condition.unlock()
            if isOver { return }
        }
    }

    private final class Digest: @unchecked Sendable {
        var text = ""
    }

    private struct Abandoned: Error {}

    private static func write(_ job: Job, _ fileSystem: any FileSystem, _ desk: Desk) throws
        -> WrittenShard
    {
        let check = {
            desk.condition.lock()
            defer { desk.condition.unlock() }
            if desk.isClosed { throw Abandoned() }
        }
        try check()
        // The digest takes as long as the disk does, which leaves the processor alone meanwhile.
        let digest = Digest()
        let group = DispatchGroup()
        DispatchQueue.global().async(group: group) {
            digest.text = job.image.withUnsafeBytes { bytes in
                var hash = SHA256()
                hash.update(bytes)
                return hash.hexDigest
            }
        }
        defer { group.wait() }
        try fileSystem.makeFolders(FilePath.folder(of: job.path))
        try job.image.withUnsafeBytes { bytes in
            try AtomicWriter(fileSystem: fileSystem).write(to: job.path) { append in
                for start in stride(from: 0, to: bytes.count, by: 4 << 20) {
                    let end = min(start + (4 << 20), bytes.count)
                    try append(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
                    try check()
                }
            }
        }
        group.wait()
        return WrittenShard(path: job.path, byteCount: job.image.byteCount, sha256: digest.text)
    }
}
