import HireLua
import HireVLM

/// The encoder behind which listings show enrichers: the paper's CLIP ViT-L/14 at 336 px, and its high view of 672 px.
enum StandardEncoder {
    static let description = "behind ViT-L/14-336: 1024 channels on 24x24; high view 672 px"

    /// An enricher as it is behind that encoder.
    enum Finding {
        case built(parameters: Int, channels: Int, tokens: Int)
        /// The sentence that says why there is none.
        case refused(String)
    }

    /// Builds an enricher with its defaults, without numbers.
    static func finding(_ id: String, in catalog: PluginCatalog) -> Finding {
        let host = HostShape(
            channels: 1024, grid: [24, 24], lowResolution: 336, highResolution: 672,
            context: Machine.shapesContext())
        do {
            let enricher = try catalog.makeEnricher(PluginChoice(id), for: host)
            return .built(
                parameters: enricher.parameterCount, channels: enricher.outputChannels,
                tokens: enricher.outputGrid.x * enricher.outputGrid.y)
        } catch {
            return .refused(ErrorReport(error).message)
        }
    }
}
