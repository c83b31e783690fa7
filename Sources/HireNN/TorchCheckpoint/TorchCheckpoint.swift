import HireArray
import HireFiles

/// The tensors of a file that `torch.save` wrote (`.bin`, `.pt`, `.pth`), read without running its pickle.
///
/// Since PyTorch 1.6 such a file is a zip of stored entries: `data.pkl`, a pickle that says how the tensors are cut from
/// storages, and one entry per storage. A pickle is a program that can do anything; this reader knows only what weights
/// need and refuses the rest by name (see `PickleMachine`). The structure is read and checked at once, each tensor when it
/// is asked for. Files of older versions, TorchScript archives and whole pickled models are refused with what to do.
///
/// Names are the keys that lead to a tensor, joined by dots: `{"state_dict": {"w": …}}` gives `state_dict.w`.
public struct TorchCheckpoint: WeightFile {
    /// Where the file lies.
    public let path: String
    /// The tensors' names in the order of the pickle.
    public let names: [String]
    /// The names of what is no tensor (steps, learning rates, texts), which is not read.
    public let otherNames: [String]

    private let tensors: [String: TorchTensor]
    private let fileSystem: any FileSystem
    private let backend: any Backend

    /// Opens a file and checks its structure.
    ///
    /// - Parameter backend: makes the arrays.
    /// - Throws: `FileError` naming the path, the byte and what is refused.
    public static func read(
        _ path: String, fileSystem: any FileSystem = SystemFileSystem(), backend: any Backend
    ) throws -> TorchCheckpoint {
        try TorchArchive.requireZip(path, fileSystem)
        let archive = try TorchArchive(StoredZip.read(path, fileSystem: fileSystem), fileSystem)
        var machine = PickleMachine(
            archive.pickle, fileOffset: archive.pickleStart, path: path,
            findStorage: archive.storage)
        let root = try machine.run()
        let named = try TorchNames(root, machine)
        return TorchCheckpoint(
            path: path, names: named.names, otherNames: named.others, tensors: named.tensors,
            fileSystem: fileSystem, backend: backend)
    }

    /// The shape of a tensor, without reading it.
    public func shape(of name: String) -> Shape? { tensors[name]?.shape }

    /// The dtype of a tensor, without reading it; nil if there is none, or of a type this toolkit does not read.
    public func dtype(of name: String) -> DType? { tensors[name]?.storage.element.dtype }

    /// The bytes of all tensors: each counted by itself, or storages that several show counted once.
    ///
    /// Writers of indexes do the one or the other.
    public var byteTotals: [Int] {
        let each = tensors.values.reduce(0) { $0 + $1.byteCount }
        var storages: [Int: Int] = [:]
        var views: [[Int]: Int] = [:]
        for tensor in tensors.values {
            let start = tensor.storage.range.lowerBound
            storages[start] = max(storages[start, default: 0], tensor.storage.range.count)
            views[[start, tensor.offset] + tensor.shape + tensor.strides] = tensor.byteCount
        }
        return [each, storages.values.reduce(0, +), views.values.reduce(0, +)]
    }

    /// Reads a tensor in its stored dtype; views that are not contiguous come out contiguous.
    ///
    /// - Throws: `FileError` with the nearest names for an unknown name, for a dtype this toolkit does not read, or for
    ///   what reading meets; `ArrayError.memory`.
    public func tensor(_ name: String) throws -> NDArray {
        guard let tensor = tensors[name] else {
            throw FileError.badData(
                path, NearestNames.sentence(kind: "tensor", name: name, among: names, shown: 8))
        }
        let element = tensor.storage.element
        let start = tensor.storage.range.lowerBound + tensor.offset * element.byteSize
        guard let dtype = element.dtype else {
            throw FileError.badData(
                path, at: start, "the tensor '\(name)' cannot be read",
                expected: "dtype \(DType.allCases.map(\.shortName).joined(separator: ", "))",
                got: element.storageClass)
        }
        let span = tensor.span
        if span == 0 || !backend.computesValues { return try backend.allocate(tensor.shape, dtype) }
        let whole = try backend.allocate([span], dtype)
        try fill(whole, at: start, name)
        let view = NDArray(
            storage: whole.storage, dtype: dtype, shape: tensor.shape, strides: tensor.strides)
        return try backend.contiguous(view)
    }

    private func fill(_ array: NDArray, at start: Int, _ name: String) throws {
        guard let memory = array.storage.pointer else { return }
        let buffer = UnsafeMutableRawBufferPointer(start: memory, count: array.byteCount)
        try fileSystem.withFile(path, for: .read) { file in
            try fileSystem.readExactly(file, at: start, into: buffer)
        }
        if array.dtype == .bool {
            try WeightBytes.checkBooleans(UnsafeRawBufferPointer(buffer), path, start, name)
        }
    }
}
