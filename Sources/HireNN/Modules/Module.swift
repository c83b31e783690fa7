/// Something with named parameters and children: the unit models are made of.
///
/// A module states its names once, in its scope: `up = scope.child("0", Linear(…))`. Nothing is found by
/// reflection, so modules made at run time (by Lua) are the same as those written in Swift. One path, such as
/// `enricher.stages.2.range_proj.0.weight`, is checkpoint key, capture name, freeze pattern and cost row.
public protocol Module: AnyObject {
    /// Names and holds the children, parameters, buffers and capture points.
    var scope: ModuleScope { get }
}
