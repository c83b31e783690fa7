import HireLua
import HireVLM

/// The encoder behind which listings show enrichers: the paper's CLIP ViT-L/14 at 336 px, and its high view of 672 px.
enum StandardEncoder {
    static let description = "behind ViT-L/14-336: 1024 channels on 24x24; high view 672 px"

    /// An enricher as it is behind that encoder.
    enum Finding {
        case built(parameters: Int, channels: Int, tokens: Int, withClassToken: Bool)
        /// The sentence that says why there is none.
        case refused(String)
    }

    /// Builds an enricher with its defaults, without numbers; behind the class token as well if it cannot do without.
    static func finding(_ id: String, in catalog: PluginCatalog) -> Finding {
        var refusal: String?
        for prefix in [0, 1] {
            let host = HostShape(
                channels: 1024, grid: [24, 24], prefixTokens: prefix, lowResolution: 336,
                highResolution: 672, context: Machine.shapesContext())
            do {
                let enricher = try catalog.makeEnricher(PluginChoice(id), for: host)
                return .built(
                    parameters: enricher.parameterCount, channels: enricher.outputChannels,
                    tokens: enricher.outputTokens, withClassToken: prefix > 0)
            } catch {
                refusal = refusal ?? ErrorReport(error).message
            }
        }
        return .refused(refusal ?? "")
    }
}
