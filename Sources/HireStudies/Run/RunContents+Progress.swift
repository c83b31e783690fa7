extension RunContents {
    /// How far the run is: finished items, and those that go on from a checkpoint.
    public var progress: String {
        let done = items.filter { $0.state == .done }.count
        var text = "\(folder.path): \(done) of \(items.count) items finished"
        let kept = items.filter { status in
            let file = folder.location("\(status.item.folder)/\(RunFolder.checkpointName)")
            return status.state != .done && (try? folder.fileSystem.exists(file)) == true
        }
        if !kept.isEmpty {
            let names = kept.prefix(4).map { "'\($0.item.label)'" }.joined(separator: ", ")
            text +=
                "; \(names)\(kept.count > 4 ? ", …" : "") \(kept.count == 1 ? "goes" : "go") on from a checkpoint"
        }
        return text + "."
    }
}
