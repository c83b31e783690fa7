import HireVLM

/// Options of `lift`; the defaults are the public code's network, applied once.
struct LiFTEnricherConfiguration: PluginConfiguration {
    /// Which view the image branch reads.
    enum View: String, Codable, Sendable { case low, high }

    var view = View.low
    var applications = 1

    static let notes = [
        "view":
            "The view that guides: low is what the encoder saw, as in LiFT; high is the high view.",
        "applications":
            "How often the network is applied; each time the grid doubles.",
    ]

    init() {}
}
