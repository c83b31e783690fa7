/// An item of a folder and one of the script that have one label and were made differently.
public struct ItemConflict: Sendable, Equatable {
    /// The label of both.
    public var label: String
    /// What differs, as "training.steps is 400 here and 800 there".
    public var differences: [String]
    /// The dotted keys that differ.
    public var keys: [String]
}
