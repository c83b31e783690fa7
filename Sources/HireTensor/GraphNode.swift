import HireArray

/// One recorded operation: its parents and how a gradient of its result becomes gradients of theirs.
public final class GraphNode {
    /// Gradients of the parents given the gradient of the result; nil where a parent needs none.
    typealias VectorJacobianProduct = (Tensor) throws -> [Tensor?]

    /// Creation order; parents always have smaller numbers.
    let number: Int
    private(set) var parents: [GraphNode?]
    private(set) var vjp: VectorJacobianProduct?
    /// Records the operations that stand behind this result, where they were not kept; see `Context.recomputing`.
    private(set) var piece: (() throws -> Tensor)?
    /// The accumulated gradient of a leaf.
    var gradient: Tensor?
    /// The sum of the gradients that have arrived during a backward pass.
    var arriving: GradientSum?
    /// The backward pass that last reached this node.
    var visit = 0
    /// The module that recorded the operation; the backward pass attributes its cost to it.
    let modulePath: String

    /// A leaf.
    init(leafNumber number: Int) {
        self.number = number
        self.parents = []
        self.vjp = nil
        self.modulePath = ""
    }

    /// An operation.
    init(
        number: Int, parents: [GraphNode?], modulePath: String,
        vjp: @escaping VectorJacobianProduct
    ) {
        self.number = number
        self.parents = parents
        self.modulePath = modulePath
        self.vjp = vjp
    }

    /// The result of a piece that runs again to give its gradient.
    init(number: Int, modulePath: String, piece: @escaping () throws -> Tensor) {
        self.number = number
        self.parents = []
        self.modulePath = modulePath
        self.piece = piece
        self.vjp = nil
    }

    /// A result inside such a piece.
    static func unkept(_ number: Int) -> GraphNode {
        GraphNode(number: number, parents: [], modulePath: "") { _ in throw GraphError.notKept }
    }

    /// Whether this is a leaf, which keeps its gradient.
    var isLeaf: Bool { parents.isEmpty && vjp == nil && piece == nil }

    /// Lets go of parents and saved values once the gradient has passed.
    func release() {
        parents = []
        piece = nil
        vjp = { _ in throw GraphError.alreadyReleased }
    }
}
