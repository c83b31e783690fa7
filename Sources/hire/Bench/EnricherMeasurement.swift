import HireFiles

/// One row of `hire bench enrichers`; nil where a figure makes no sense.
struct EnricherMeasurement {
    /// The enricher's id, `encoder`, `encoder+ID`, or `ID: part`.
    let name: String
    /// Seconds of a forward pass in evaluation mode without gradients.
    let forward: Double?
    /// Seconds of a forward and a backward pass in training mode.
    var training: Double?
    /// The most bytes that a forward pass held above what was held before.
    var forwardPeak: Int?
    /// The most bytes that a forward and a backward pass held above what was held before.
    var trainingPeak: Int?
    /// Parameters.
    var parameters: Int?
    /// Multiply-adds of a forward pass.
    let multiplyAdds: Int
    /// Channels that come out.
    var channels: Int?
    /// Tokens that come out.
    var tokens: Int?
    /// Pictures that a forward pass shows the encoder, besides the low view.
    var looks: Int?

    /// Thousand million multiply-adds per second of the forward pass.
    var gigaRate: Double? {
        guard let forward, multiplyAdds > 0, forward > 0 else { return nil }
        return Double(multiplyAdds) / forward / 1e9
    }

    /// The row as JSON, given the machine's rate on a large product in GMAC/s and the encoder's seconds.
    func json(gemm: Double, encoder: Double?) -> JSONValue {
        [
            "name": .string(name), "forward_seconds": Self.number(forward),
            "training_seconds": Self.number(training),
            "forward_peak_bytes": Self.integer(forwardPeak),
            "training_peak_bytes": Self.integer(trainingPeak),
            "parameters": Self.integer(parameters),
            "multiply_adds": .integer(Int64(multiplyAdds)),
            "output_channels": Self.integer(channels), "tokens": Self.integer(tokens),
            "encoder_looks": Self.integer(looks), "gmacs_per_second": Self.number(gigaRate),
            "gemm_share": Self.number(gigaRate.map { $0 / gemm }),
            "encoder_ratio": Self.number(ratio(to: encoder)),
        ]
    }

    /// Forward seconds over the encoder's.
    func ratio(to encoder: Double?) -> Double? {
        forward.flatMap { seconds in encoder.map { seconds / $0 } }
    }

    private static func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
    private static func integer(_ value: Int?) -> JSONValue {
        value.map { .integer(Int64($0)) } ?? .null
    }
}
