import Glibc

extension FileSystem {
    /// The most bytes asked of one read or write call.
    private var largestPiece: Int { 64 << 20 }

    /// Fills the buffer from an offset, whatever number of calls that takes.
    ///
    /// - Throws: `FileError` naming the shortfall if the file ends before the buffer is full.
    public func readExactly(
        _ file: OpenFile, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws {
        let filled = try readUpTo(file, at: offset, into: buffer)
        if filled < buffer.count {
            throw FileError.badData(
                file.path, at: offset, "the file ends too early",
                expected: "\(buffer.count) bytes", got: "\(filled)")
        }
    }

    /// The bytes at an offset, exactly as many as asked for.
    public func readExactly(_ file: OpenFile, at offset: Int, count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialised in
            let area = UnsafeMutableRawBufferPointer(
                rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count])
            try readExactly(file, at: offset, into: area)
            initialised = count
        }
    }

    /// The first bytes of a file as text, also of one of the kernel's, whose size the system gives as 0.
    public func beginning(_ path: String, limit: Int = 1 << 16) throws -> String {
        let bytes = try withFile(path, for: .read) { file in
            try [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
                count = try readUpTo(file, at: 0, into: UnsafeMutableRawBufferPointer(buffer))
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads until the buffer is full or the file ends; returns the number of bytes read.
    public func readUpTo(
        _ file: OpenFile, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws -> Int {
        var filled = 0
        while filled < buffer.count {
            let end = min(buffer.count, filled + largestPiece)
            let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<end])
            let taken = try repeatingInterrupted {
                try read(file, at: offset + filled, into: piece)
            }
            if taken == 0 { break }
            filled += taken
        }
        return filled
    }

    /// Everything in a file.
    ///
    /// - Parameter limit: the largest size in bytes that is accepted; checked before memory is taken.
    /// - Throws: `FileError` if it is missing, not a regular file, larger than the limit, or cannot be read.
    public func readAll(_ path: String, limit: Int = 1 << 30) throws -> [UInt8] {
        guard let status = try status(path) else {
            throw FileError.system(ENOENT, path, "cannot open the file")
        }
        guard status.kind == .file else {
            throw FileError(
                .missingInput, path: path, problem: "cannot read",
                expected: "a file", got: status.kind == .folder ? "a folder" : "a device or pipe")
        }
        guard status.byteCount <= limit else {
            throw FileError.badData(
                path, "the file is too large", expected: "at most \(limit) bytes",
                got: "\(status.byteCount)")
        }
        return try withFile(path, for: .read) { file in
            try [UInt8](unsafeUninitializedCapacity: status.byteCount) { buffer, initialised in
                let area = UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(buffer)[..<status.byteCount])
                initialised = try readUpTo(file, at: 0, into: area)
            }
        }
    }

    /// Writes all bytes, whatever number of calls that takes.
    ///
    /// - Throws: `FileError` that says how many bytes were written of how many.
    public func writeAll(_ file: OpenFile, _ bytes: UnsafeRawBufferPointer) throws {
        var written = 0
        do {
            while written < bytes.count {
                let end = min(bytes.count, written + largestPiece)
                let piece = UnsafeRawBufferPointer(rebasing: bytes[written..<end])
                let taken = try repeatingInterrupted { try write(file, piece) }
                if taken == 0 { throw FileError.system(EIO, file.path, "the disk takes no bytes") }
                written += taken
            }
        } catch var error as FileError {
            error.got = "wrote \(written) of \(bytes.count) bytes"
            throw error
        }
    }

    /// Opens a file for the time of the body and closes it on every way out.
    public func withFile<Result>(
        _ path: String, for access: FileAccess, _ body: (OpenFile) throws -> Result
    ) throws -> Result {
        let file = try repeatingInterrupted { try open(path, for: access) }
        let result: Result
        do {
            result = try body(file)
        } catch {
            try? close(file)
            throw error
        }
        try close(file)
        return result
    }

    /// Makes a folder and those above it, as far as they are missing, and puts their names on the disk.
    public func makeFolders(_ path: String) throws {
        if let present = try status(path) {
            if present.kind == .folder { return }
            throw FileError(
                .cannotCreate, path: path, problem: "cannot make the folder",
                got: "a file of that name exists")
        }
        let above = FilePath.folder(of: path)
        if above != path { try makeFolders(above) }
        do {
            try makeFolder(path)
        } catch let error as FileError where error.errorNumber == EEXIST {
            return  // another process was faster
        }
        try synchroniseFolder(above)
    }

    /// Whether anything stands at a path.
    public func exists(_ path: String) throws -> Bool {
        try status(path) != nil
    }

    /// Calls again as long as a signal interrupts the call.
    public func repeatingInterrupted<Result>(_ call: () throws -> Result) throws -> Result {
        while true {
            do {
                return try call()
            } catch let error as FileError where error.errorNumber == EINTR {
                continue
            }
        }
    }
}
