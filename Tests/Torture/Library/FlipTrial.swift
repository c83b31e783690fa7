import Foundation
import HireFiles

/// A flipped byte in any file of a finished run is noticed by `hire verify`.
public struct FlipTrial {
    /// The study whose files are changed.
    public let study: TortureStudy
    /// Where folders are made.
    public let scratch: String

    /// A trial of a study.
    public init(_ study: TortureStudy, scratch: String) {
        self.study = study
        self.scratch = scratch
    }

    /// Flips one byte at a time, in positions spread over all files that results rest on.
    public func run(flips: Int, seed: UInt64) throws -> TrialOutcome {
        var outcome = TrialOutcome("flipped bytes")
        var random = TortureRandom(seed: seed)
        let began = ContinuousClock.now
        let folder = scratch + "/flip"
        try study.finish(folder, &outcome, "flip")
        let files = try content(of: folder)
        for number in 0..<flips {
            let path = files[number % files.count]
            let whole = try SystemFileSystem().readAll(path)
            guard !whole.isEmpty else { continue }
            var changed = whole
            let place = Int.random(in: 0..<whole.count, using: &random)
            changed[place] ^= UInt8.random(in: 1...255, using: &random)
            try AtomicWriter().write(changed, to: path)
            let ending = try study.program.run(["verify", folder])
            if ending.status != 65 {
                outcome.fail("\(path), byte \(place): verify ends with status \(ending.status)")
            } else if !(ending.output + ending.errors).contains(FilePath.name(of: path)) {
                outcome.fail("\(path), byte \(place): verify does not name the file")
            }
            try AtomicWriter().write(whole, to: path)
            outcome.add(to: "flips")
        }
        let ending = try study.program.run(["verify", folder])
        if ending.status != 0 { outcome.fail("an untouched run: \(ending.errors)") }
        outcome.seconds = began.duration(to: .now) / .seconds(1)
        return outcome
    }

    /// Journals, the manifest, and what journals name.
    private func content(of folder: String) throws -> [String] {
        let inspection = try RunInspection(folder)
        let named = Set(inspection.done.values.flatMap(\.keys)).sorted()
        let journals = try SystemFileSystem().list(folder + "/journal").map { "journal/" + $0 }
        return (["study.json"] + journals + named).map { folder + "/" + $0 }
    }
}
