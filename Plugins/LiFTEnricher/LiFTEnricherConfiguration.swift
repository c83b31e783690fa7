import HireVLM

/// Options of `lift`; the defaults are the public code's network, applied once.
struct LiFTEnricherConfiguration: PluginConfiguration {
    /// Which view the image branch reads.
    enum View: String, Codable, Sendable { case low, high }

    /// The view that guides: `low` is what the encoder saw, as in LiFT; `high` is the high view.
    var view = View.low
    /// How often the network is applied; each time the grid doubles, and the picture is doubled bilinearly between.
    var applications = 1

    init() {}
}
