/// What a user may say about a model folder beside its path.
public struct ModelFolderOptions: Sendable, Equatable {
    /// What happens to low-rank adapters (PEFT) that lie in the folder.
    public enum Adapters: String, Sendable, CaseIterable {
        /// They are added to the weights for good, in the weights' dtype.
        case merge
        /// They stay modules of their own, which can be trained, switched off and saved.
        case keep
    }

    /// The folder with the language model (and all else) that an adapter or projector folder was trained on; nil takes
    /// what adapter_config.json names, if that is a folder here.
    public var base: String?
    /// The folder with the vision tower, where the model folder has its name only.
    public var visionTower: String?
    /// Whether PyTorch's `.bin` files may be read (by a reader that runs no code).
    public var allowsPickle = false
    /// What happens to adapters.
    public var adapters = Adapters.merge
    /// Whether weights are mapped from the file instead of read: starts at once, but a file that shrinks ends the program.
    public var mapsWeights = false
    /// Whether weights are searched for NaN and infinity while they are read.
    public var checksFinite = true
    /// The conversation template; nil takes the one that goes with the kind of folder.
    public var prompt: String?
    /// What happens to pictures that are not square; nil takes what the folder says.
    public var aspect: ImagePreprocessing.Aspect?
    /// Side of the high view, in pixels; 0 takes what encoder and enricher want.
    public var highResolution = 0

    /// The defaults.
    public init() {}
}
