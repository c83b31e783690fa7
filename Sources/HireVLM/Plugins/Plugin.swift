/// A folder under Plugins/: it registers what it provides.
public protocol Plugin: SendableMetatype {
    /// Adds its entries to a catalogue.
    static func register(in catalog: inout PluginCatalog) throws
}
