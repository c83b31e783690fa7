/// The largest numbers that vision encoders accept, so that no product of two overflows or asks for absurd memory.
public enum VisionLimits {
    /// Pixels per side.
    public static let resolution = 16384
    /// Widths of tokens and perceptrons.
    public static let width = 65536
    /// Blocks.
    public static let layers = 1024
    /// Tokens that stand for no place.
    public static let registers = 1024
}
