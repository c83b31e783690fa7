import HireFiles
import HireVLM

/// How a capture over many pictures is made.
public struct CaptureStudyOptions {
    /// What is captured.
    public var rules: CaptureRules
    /// Answers the questions too, and grades them; without, each pass stops behind the last point that is wanted.
    public var answering: GenerationOptions?
    /// Bytes of values in one file.
    public var shardBytes = 48 << 20
    /// What determines the numbers besides everything else, such as edits in force.
    public var identity = JSONObject()
    /// Called before each sample is computed, with its place and its name.
    public var beforeSample: (_ index: Int, _ id: String) -> Void = { _, _ in }
    /// Bytes of values that are done at once: what an interruption loses at most.
    public var itemBytes: Int { 4 * shardBytes }

    /// Options for what is captured.
    public init(_ rules: CaptureRules) { self.rules = rules }

    /// Checks that values make sense.
    ///
    /// - Throws: `CaptureError` naming the option.
    public func check() throws {
        guard (1 << 16...1 << 30).contains(shardBytes) else {
            throw CaptureError(
                "shard_bytes",
                "must be from 65,536 to 1,073,741,824 (8 to 64 MiB serve readers best), got \(grouped(shardBytes))."
            )
        }
        if rules.isEmpty { throw CaptureError("capture", "names no point.") }
        for rule in rules.rules where rule.options.every < 1 {
            throw CaptureError("every", "must be at least 1, got \(rule.options.every).")
        }
    }
}
