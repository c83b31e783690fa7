import HireArray
import HireFiles
import HireHDF5

/// Writes maps that are larger than memory to HDF5: one dataset `/map` [sample, channel, row, column] for its readers.
///
/// Up to 32 MiB stand in the file itself. Larger maps are cut into bands of rows, each a finished file in the folder
/// `<name>.parts`; the named file, written last, joins them as a virtual dataset, which h5py opens as one array as
/// long as file and folder stay together. Memory beyond one band is about twice a part.
///
/// Parts are named by their content, so a map that is written again never touches those of the one before; those go
/// once the new file has joined the new ones. Whoever interrupts that keeps the old map.
public struct HighResolutionFile {
    /// The numbers of a map in the file.
    public struct Layout {
        /// [samples, channels, rows, columns].
        public var shape: [Int]
        /// float32 or float16.
        public var dtype: DType
        /// What the positions along channels, rows and columns are, from 0, in the whole map.
        public var positions: [(label: String, values: [Int])]
        /// Root attributes.
        public var attributes: [(String, HDF5Value)]
        /// Further small arrays, such as the directions of a projection.
        public var extras: [(path: String, array: NDArray)]

        /// A layout.
        public init(
            shape: [Int], dtype: DType, positions: [(label: String, values: [Int])],
            attributes: [(String, HDF5Value)] = [], extras: [(path: String, array: NDArray)] = []
        ) {
            self.shape = shape
            self.dtype = dtype
            self.positions = positions
            self.attributes = attributes
            self.extras = extras
        }
    }

    private let path: String
    private let partBytes: Int
    private let fileSystem: any FileSystem
    private static let chunkBytes = 1 << 20

    /// A file at a path.
    ///
    /// - Parameter partBytes: how many bytes of the map one file may hold.
    public init(
        _ path: String, partBytes: Int = 32 << 20,
        fileSystem: any FileSystem = SystemFileSystem()
    ) {
        self.path = path
        self.partBytes = partBytes
        self.fileSystem = fileSystem
    }

    /// Writes a map band by band; what was there before stays until the new map is whole.
    ///
    /// - Parameter band: makes [1, channels, rows, columns] of one sample in the layout's dtype.
    /// - Returns: the files, the one to open first.
    /// - Throws: `FileError`, `HDF5Error`, or what `band` throws; the named file is then what it was before.
    public func write(
        _ layout: Layout, band: (_ sample: Int, _ rows: Range<Int>) throws -> NDArray
    ) throws -> [String] {
        let folder = FilePath.folder(of: path)
        try fileSystem.makeFolders(folder)
        let shape = layout.shape
        let rowBytes = shape[1] * shape[3] * layout.dtype.byteSize
        let chunk = HighResolutionFile.chunk(shape, layout.dtype)
        let axes = ["sample", "channel", "row", "column"]
        let shard = try HDF5Shard(name: path)
        try shard.setAttributes(layout.attributes)
        for (label, values) in layout.positions {
            try shard.write(
                integers: values, to: "/\(label)", axes: [HDF5Axis(label)], scale: label)
        }
        let labelled = axes.map { label in
            let hasScale = layout.positions.contains { $0.label == label }
            return HDF5Axis(label, scale: hasScale ? "/\(label)" : nil)
        }
        for (path, array) in layout.extras { try shard.write(array, to: path) }
        var files = [path]
        if shape[0] * shape[2] * rowBytes <= partBytes {
            try shard.declare(
                "/map", shape: shape, dtype: layout.dtype, chunk: chunk, axes: labelled)
            for sample in 0..<shape[0] {
                try fill(shard, sample, 0..<shape[2], chunk[2], rowBytes, at: sample, band)
            }
        } else {
            let fitting = max(1, partBytes / rowBytes)
            let step = fitting >= chunk[2] ? fitting / chunk[2] * chunk[2] : fitting
            var pieces: [HDF5Shard.Piece] = []
            for sample in 0..<shape[0] {
                for first in stride(from: 0, to: shape[2], by: step) {
                    let rows = first..<min(first + step, shape[2])
                    let piece = [1, shape[1], rows.count, shape[3]]
                    let name = try writePart(sample, rows, piece, chunk, axes, layout, band)
                    pieces.append(
                        HDF5Shard.Piece(
                            file: name, object: "/map", shape: piece,
                            start: [sample, 0, first, 0]))
                    files.append(FilePath.join(folder, name))
                }
            }
            try shard.join(
                "/map", shape: shape, dtype: layout.dtype, from: pieces, axes: labelled)
        }
        try shard.setAttribute("complete", 1)
        try shard.write(to: path, with: AtomicWriter(fileSystem: fileSystem))
        try removeParts(except: Set(files.map { FilePath.name(of: $0) }))
        return files
    }

    /// Writes a part; returns its name relative to the folder of the file that joins it.
    private func writePart(
        _ sample: Int, _ rows: Range<Int>, _ shape: [Int], _ chunk: [Int],
        _ axes: [String], _ layout: Layout, _ band: (Int, Range<Int>) throws -> NDArray
    ) throws -> String {
        try fileSystem.makeFolders(partsFolder)
        let part = try HDF5Shard(name: "\(path), rows from \(rows.lowerBound)")
        try part.setAttributes([
            ("part_of", .string(FilePath.name(of: path))), ("sample", .integer(Int64(sample))),
            ("first_row", .integer(Int64(rows.lowerBound))),
        ])
        try part.declare(
            "/map", shape: shape, dtype: layout.dtype, chunk: zip(chunk, shape).map(min),
            axes: axes.map { HDF5Axis($0) })
        let rowBytes = shape[1] * shape[3] * layout.dtype.byteSize
        try fill(part, sample, rows, chunk[2], rowBytes, at: 0, band)
        try part.setAttribute("complete", 1)
        let bytes = try part.finish()
        let name = "\(SHA256.hex(of: bytes).prefix(16)).h5"
        try AtomicWriter(fileSystem: fileSystem).write(bytes, to: FilePath.join(partsFolder, name))
        return "\(FilePath.name(of: partsFolder))/\(name)"
    }

    /// Fills rows of `/map` in bands of whole chunks of about 8 MiB.
    private func fill(
        _ shard: HDF5Shard, _ sample: Int, _ rows: Range<Int>, _ chunkRows: Int, _ rowBytes: Int,
        at place: Int, _ band: (Int, Range<Int>) throws -> NDArray
    ) throws {
        let step = max(1, (8 << 20) / max(rowBytes * chunkRows, 1)) * chunkRows
        for first in stride(from: rows.lowerBound, to: rows.upperBound, by: step) {
            let part = first..<min(first + step, rows.upperBound)
            try shard.fill(
                "/map", at: [place, 0, first - rows.lowerBound, 0], with: band(sample, part))
        }
    }

    /// Where the parts stand: `features.h5` has `features.parts` beside it.
    private var partsFolder: String {
        let stem =
            FilePath.fileExtension(of: path).isEmpty
            ? path : String(path.dropLast(FilePath.fileExtension(of: path).count + 1))
        return stem + ".parts"
    }

    private func removeParts(except kept: Set<String>) throws {
        guard try fileSystem.exists(partsFolder) else { return }
        // Only names that parts have: the folder may hold files of the user's.
        for name in try fileSystem.list(partsFolder)
        where HighResolutionFile.isPart(name) && !kept.contains(name) {
            try fileSystem.removeFile(FilePath.join(partsFolder, name))
        }
        if kept.count == 1, try fileSystem.list(partsFolder).isEmpty {
            try fileSystem.removeFolder(partsFolder)
        }
    }

    /// Sixteen hexadecimal digits, or a number as versions before 0.2 used it.
    private static func isPart(_ name: String) -> Bool {
        guard name.hasSuffix(".h5") else { return false }
        let stem = name.dropLast(3)
        return Int(stem) != nil || (stem.count == 16 && stem.allSatisfy(\.isHexDigit))
    }

    /// (1, C, rows, columns) of at most 1 MiB: whole rows where they fit, squares of all channels where not.
    static func chunk(_ shape: [Int], _ dtype: DType) -> [Int] {
        let places = max(1, chunkBytes / max(shape[1] * dtype.byteSize, 1))
        if places >= shape[3] { return [1, shape[1], min(shape[2], places / shape[3]), shape[3]] }
        let side = max(1, min(shape[2], Int(Double(places).squareRoot())))
        return [1, shape[1], side, min(shape[3], max(1, places / side))]
    }
}
