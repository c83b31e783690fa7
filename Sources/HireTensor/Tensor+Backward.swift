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
        var sums: [ObjectIdentifier: GradientSum] = [ObjectIdentifier(root): GradientSum(seed)]
        for node in reachable(from: root) {
            guard let sum = sums.removeValue(forKey: ObjectIdentifier(node)) else { continue }
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
            for (parent, gradient) in zip(parents, gradients) {
                guard let parent, let gradient else { continue }
                let key = ObjectIdentifier(parent)
                if sums[key] == nil {
                    sums[key] = GradientSum(gradient)
                } else {
                    try sums[key]?.add(gradient)
                }
            }
        }
    }

    private static func reachable(from root: GraphNode) -> [GraphNode] {
        var seen: Set<ObjectIdentifier> = [ObjectIdentifier(root)]
        var found = [root]
        var next = 0
        while next < found.count {
            for case let parent? in found[next].parents
            where seen.insert(ObjectIdentifier(parent)).inserted {
                found.append(parent)
            }
            next += 1
        }
        return found.sorted { $0.number > $1.number }
    }
}

/// A sum of gradients that copies only when a second term arrives.
private struct GradientSum {
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
