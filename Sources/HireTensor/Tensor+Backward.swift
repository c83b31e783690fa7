import HireArray

extension Tensor {
    /// Adds d(this)/d(leaf) to the gradient of every leaf it was computed from (PyTorch's `Tensor.backward`).
    ///
    /// - Parameters:
    ///   - gradient: the gradient of this tensor; may be left out for one element, where it is 1.
    ///   - retainGraph: keep saved values so that `backward` can run again.
    /// - Throws: `GraphError`, or what an operation's derivative throws.
    public func backward(_ gradient: Tensor? = nil, retainGraph: Bool = false) throws {
        guard let root = node else { throw GraphError.noGradient }
        let seed: Tensor
        if let gradient {
            guard gradient.shape == shape else {
                throw ArrayError.shape(
                    operation: "backward", expected: "a gradient of shape \(shape)",
                    got: "\(gradient.shape)")
            }
            seed = gradient.detached()
        } else {
            guard count == 1 else { throw GraphError.notScalar(shape: shape) }
            let one = try backend.allocate(shape, dtype)
            backend.fill(one, 1)
            seed = Tensor(one, in: context)
        }
        context.isBackward = true
        defer { context.isBackward = false }
        try context.withoutGradients {
            try Tensor.sweep(from: root, seed: seed, retainGraph: retainGraph)
        }
    }

    /// Visits nodes from the newest to the oldest: every use of a value comes before its making.
    private static func sweep(from root: GraphNode, seed: Tensor, retainGraph: Bool) throws {
        let nodes = reachable(from: root, in: seed.context)
        root.arriving = GradientSum(seed)
        for node in nodes {
            guard let sum = node.arriving else { continue }
            node.arriving = nil
            if node.isLeaf, node.vjp == nil {
                if let before = node.gradient {
                    var total = GradientSum(before)
                    try total.add(sum.value)
                    node.gradient = total.value
                } else {
                    // A view would keep more memory alive than the gradient takes.
                    let array = try sum.value.backend.contiguous(sum.value.array)
                    node.gradient = Tensor(array, in: sum.value.context)
                }
                continue
            }
            guard let vjp = node.vjp else { continue }
            let parents = node.parents
            let gradients = try sum.value.context.inside(module: node.modulePath) {
                try vjp(sum.value)
            }
            if !retainGraph { node.release() }
            for position in parents.indices {
                guard let parent = parents[position], let gradient = gradients[position] else {
                    continue
                }
                if parent.arriving == nil {
                    parent.arriving = GradientSum(gradient)
                } else {
                    try parent.arriving?.add(gradient)
                }
            }
        }
    }

    /// All nodes behind `root`, newest first, without sums that an earlier pass may have left when it failed.
    private static func reachable(from root: GraphNode, in context: Context) -> [GraphNode] {
        context.visitCounter += 1
        let visit = context.visitCounter
        root.visit = visit
        root.arriving = nil
        var found = [root]
        var next = 0
        while next < found.count {
            for case let parent? in found[next].parents where parent.visit != visit {
                parent.visit = visit
                parent.arriving = nil
                found.append(parent)
            }
            next += 1
        }
        found.sort { $0.number > $1.number }
        return found
    }
}

/// A sum of gradients that copies only when a second term arrives.
struct GradientSum {
    private(set) var value: Tensor
    private var owned = false

    init(_ first: Tensor) { value = first }

    mutating func add(_ term: Tensor) throws {
        let backend = value.backend
        if !owned {
            let copy = try backend.allocate(value.shape, value.dtype)
            backend.copy(value.array, into: copy)
            value = Tensor(copy, in: value.context)
            owned = true
        }
        backend.accumulate(term.array, scale: 1, into: value.array)
    }
}
