import HireFiles

/// The path of a golden file, given its path under `Tests/Goldens`.
public func goldenPath(_ name: String) -> String {
    let tests = FilePath.folder(of: FilePath.folder(of: #filePath))
    return FilePath.join(FilePath.join(tests, "Goldens"), name)
}
