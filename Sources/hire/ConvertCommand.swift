import ArgumentParser
import HireArray
import HireFiles
import HireNN

/// `hire convert`.
struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Copy weights into safetensors files, once and for all.",
        discussion: """
            SOURCE is a model folder, or a file of weights (.safetensors, .bin, .pt, .pth). TARGET is a folder that does
            not exist or is empty, or for a single file a new file that ends in .safetensors. A folder's configuration and
            tokenizer files are copied too. One tensor is in memory at a time.

            PyTorch's .bin files are pickles. They are read only with --allow-bin, and then without running them: what is
            no plain tensor is refused.

            Examples:
              hire convert llava-v1.5-7b llava-safetensors --allow-bin
              hire convert mm_projector.bin mm_projector.safetensors --allow-bin --dtype bf16
            """)

    @Argument(help: "A model folder or a file of weights.")
    var source: String

    @Argument(help: "Where the safetensors go; nothing is overwritten.")
    var target: String

    @Flag(
        name: .customLong("allow-bin"), help: "Read PyTorch pickles, restricted to plain tensors.")
    var allowBin = false

    @Option(
        help: "Convert floating-point tensors to bf16, f16 or f32; without it they keep their bits."
    )
    var dtype: FloatingPointName?

    @Option(
        name: .customLong("max-shard-size"), help: "The most bytes per file: 500MB, 5GB, 2GiB.")
    var largestFile = ByteSize(bytes: 5_000_000_000)

    func run() throws {
        let disk = SystemFileSystem()
        guard let status = try disk.status(source) else {
            throw FileError(
                .missingInput, path: source, problem: "there is no such file or folder")
        }
        let backend = Machine.backend(threads: nil)
        let conversion = WeightConversion(
            dtype: dtype?.dtype, largestFile: largestFile.bytes, backend: backend,
            willWrite: { print("writing \($0)") })
        let isFolder = status.kind == .folder
        let weights =
            try isFolder
            ? WeightFolder.read(source, allowsPickle: allowBin, backend: backend)
            : WeightFolder.open(source, allowsPickle: allowBin, backend: backend)
        try requireNew(target, disk)
        let summary: WeightConversion.Summary
        if !isFolder, FilePath.fileExtension(of: target) == "safetensors" {
            try disk.makeFolders(FilePath.folder(of: target))
            summary = try conversion.write(weights, to: target)
        } else {
            try disk.makeFolders(target)
            // The weights come last: a folder that is not finished is not taken for a model.
            if isFolder { try copyDescription(to: target) }
            summary = try conversion.write(weights, into: target)
        }
        print(
            "\(summary.tensors) tensors, \(summary.byteCount) bytes in "
                + summary.files.joined(separator: ", "))
        if let checkpoint = weights as? TorchCheckpoint, !checkpoint.otherNames.isEmpty {
            print(
                "not tensors, left out: \(checkpoint.otherNames.prefix(8).joined(separator: ", "))"
                    + (checkpoint.otherNames.count > 8 ? " …" : ""))
        }
    }

    private func copyDescription(to target: String) throws {
        let summary = try ModelFolderCopy.copy(from: source, to: target, dtype: dtype?.dtype)
        if !summary.copied.isEmpty { print("copied \(summary.copied.joined(separator: ", "))") }
        if !summary.left.isEmpty { print("left \(summary.left.joined(separator: ", "))") }
    }

    private func requireNew(_ path: String, _ disk: SystemFileSystem) throws {
        guard let status = try disk.status(path) else { return }
        if status.kind == .folder, try disk.list(path).isEmpty { return }
        throw FileError(
            .cannotCreate, path: path, problem: "the target is there already",
            expected: "a new name or an empty folder",
            got: status.kind == .folder ? "a folder that holds something" : "a file")
    }
}

/// A floating-point dtype by its short name.
enum FloatingPointName: String, ExpressibleByArgument, CaseIterable {
    case bf16, f16, f32

    var dtype: DType {
        switch self {
        case .bf16: .bfloat16
        case .f16: .float16
        case .f32: .float32
        }
    }
}

/// A number of bytes as people write it.
struct ByteSize: ExpressibleByArgument {
    let bytes: Int

    init(bytes: Int) { self.bytes = bytes }

    init?(argument: String) {
        let digits = argument.prefix { $0.isASCII && $0.isNumber }
        let units = [
            "": 1, "b": 1, "kb": 1000, "mb": 1_000_000, "gb": 1_000_000_000, "kib": 1 << 10,
            "mib": 1 << 20, "gib": 1 << 30,
        ]
        guard let number = Int(digits), number > 0,
            let unit = units[argument.dropFirst(digits.count).lowercased()]
        else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: unit)
        if overflow { return nil }
        bytes = product
    }

    var defaultValueDescription: String {
        bytes % 1_000_000_000 == 0 ? "\(bytes / 1_000_000_000)GB" : "\(bytes)"
    }
}
