import HireImaging
import HireVLM

/// Decoded pictures of a task's split, kept while there is room so that later epochs decode nothing.
final class ImageStore {
    private let task: any Task
    private let split: DataSplit
    private var kept: [Int: Image] = [:]
    private var room: Int

    /// - Parameter byteLimit: the most bytes of pixels that are kept.
    init(_ task: any Task, _ split: DataSplit, byteLimit: Int = 256 << 20) {
        self.task = task
        self.split = split
        room = byteLimit
    }

    func images(_ indices: [Int]) throws -> [Image] {
        try indices.map { index in
            if let image = kept[index] { return image }
            let image = try task.image(split, at: index)
            if image.pixels.count <= room {
                room -= image.pixels.count
                kept[index] = image
            }
            return image
        }
    }
}
