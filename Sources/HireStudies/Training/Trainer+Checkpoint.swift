import Foundation
import HireFiles
import HireNN
import HireVLM

extension Trainer {
    private static let modelPrefix = "model."
    private static let optimizerPrefix = "optimizer."

    /// Writes parameters, buffers, optimiser state, step and history as one safetensors file.
    ///
    /// - Parameter digest: identifies the run; `restore` refuses a file with another one.
    /// - Throws: `FileError`; the file is there whole or not at all.
    public func save(
        to path: String, digest: String, fileSystem: any FileSystem = SystemFileSystem()
    )
        throws
    {
        var state = StateDict()
        for (name, array) in try pipeline.stateDict() { state[Self.modelPrefix + name] = array }
        for (name, array) in try optimizer.stateDict() {
            state[Self.optimizerPrefix + name] = array
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let past = String(decoding: try encoder.encode(history), as: UTF8.self)
        var metadata = [
            "format": "hire-checkpoint", "step": String(step), "digest": digest, "history": past,
        ]
        metadata[Self.checksum] = try state.digest(with: metadata)
        try SafetensorsFile.write(state, to: path, metadata: metadata, fileSystem: fileSystem)
    }

    /// The member of the metadata that holds the check sum of everything else, so that a flipped bit is noticed.
    private static let checksum = "sha256"

    /// Goes back to the state in a file that `save` wrote; training then continues bit by bit.
    ///
    /// - Throws: `TrainingError.otherRun` for another digest, `FileError` for a damaged file and for one with numbers that are not
    ///   finite.
    public func restore(
        from path: String, digest: String, fileSystem: any FileSystem = SystemFileSystem()
    ) throws {
        let file = try SafetensorsFile.read(
            path, fileSystem: fileSystem, backend: pipeline.context.backend)
        let metadata = file.metadata
        guard metadata["digest"] == digest else {
            throw TrainingError.otherRun(
                path: path,
                difference:
                    "its digest is \(metadata["digest"] ?? "missing"), this run's is \(digest)")
        }
        guard let step = metadata["step"].flatMap(Int.init), let past = metadata["history"],
            let history = try? JSONDecoder().decode([TrainingStep].self, from: Data(past.utf8)),
            history.count == step, step <= options.steps
        else {
            throw FileError.badData(path, "the checkpoint's step or history cannot be read")
        }
        var state = StateDict()
        for name in file.names { state[name] = try file.tensor(name) }
        var others = metadata
        let stored = others.removeValue(forKey: Self.checksum)
        guard try stored == state.digest(with: others) else {
            throw FileError.badData(
                path,
                "the checkpoint is damaged: its check sum does not fit; remove it to train from the beginning"
            )
        }
        var model = StateDict()
        var moments = StateDict()
        for (name, array) in state {
            if let place = try pipeline.context.backend.contiguous(array).firstNotFinite() {
                throw FileError.badData(
                    path,
                    "element \(place) of '\(name)' is not finite; remove the checkpoint to train from the beginning"
                )
            }
            if name.hasPrefix(Self.modelPrefix) {
                model[String(name.dropFirst(Self.modelPrefix.count))] = array
            } else if name.hasPrefix(Self.optimizerPrefix) {
                moments[String(name.dropFirst(Self.optimizerPrefix.count))] = array
            }
        }
        _ = try pipeline.load(model, strict: true)
        try optimizer.load(moments)
        self.step = step
        self.history = history
    }
}
