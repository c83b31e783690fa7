import HireVLM

/// Checks that the bilateral stages' options make sense.
enum BilateralOptions {
    static func check(radius: Int, keySize: Int, dropout: Double, plugin: String) throws {
        guard (0...15).contains(radius) else {
            throw PluginError.configuration(
                plugin: plugin, key: "radius", problem: "must be from 0 to 15, got \(radius)")
        }
        guard keySize > 0 else {
            throw PluginError.configuration(
                plugin: plugin, key: "key_size", problem: "must be positive, got \(keySize)")
        }
        guard (0..<1).contains(dropout) else {
            throw PluginError.configuration(
                plugin: plugin, key: "dropout", problem: "must be in [0, 1), got \(dropout)")
        }
    }
}
