/// The plugins that exist, by kind and id.
public struct PluginCatalog {
    /// An empty catalogue.
    public init() {}
}
