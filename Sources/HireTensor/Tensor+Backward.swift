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
        seed.context.visitCounter += 1
        var pending = PendingNodes(visit: seed.context.visitCounter)
        try pending.add(seed, to: root)
        while let (node, sum) = pending.next() {
            if node.isLeaf {
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
            if let piece = node.piece {
                // What stands behind the result is recorded now, newer than all that is pending, and comes next.
                let again = try sum.value.context.inside(module: node.modulePath, piece)
                if !retainGraph { node.release() }
                if let result = again.node { try pending.add(sum.value, to: result) }
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
                try pending.add(gradient, to: parent)
            }
        }
    }
}

/// The nodes that gradients have arrived at during one backward pass, newest first.
private struct PendingNodes {
    /// The pass's number; what an earlier pass that failed left at a node is not this pass's.
    let visit: Int
    /// A heap: no node is older than the two at twice its place.
    private var heap: [GraphNode] = []

    init(visit: Int) { self.visit = visit }

    /// Adds a gradient to what has arrived at a node.
    mutating func add(_ gradient: Tensor, to node: GraphNode) throws {
        if node.visit == visit, node.arriving != nil {
            try node.arriving?.add(gradient)
        } else {
            hand(GradientSum(gradient), to: node)
        }
    }

    /// Gives the first sum to a node.
    private mutating func hand(_ sum: GradientSum, to node: GraphNode) {
        node.visit = visit
        node.arriving = sum
        heap.append(node)
        var place = heap.count - 1
        while place > 0, heap[(place - 1) / 2].number < heap[place].number {
            heap.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    /// The newest node and its gradient.
    mutating func next() -> (GraphNode, GradientSum)? {
        guard let last = heap.popLast() else { return nil }
        let newest = heap.first ?? last
        if !heap.isEmpty {
            heap[0] = last
            var place = 0
            while true {
                var larger = place
                for child in [2 * place + 1, 2 * place + 2]
                where child < heap.count && heap[child].number > heap[larger].number {
                    larger = child
                }
                if larger == place { break }
                heap.swapAt(place, larger)
                place = larger
            }
        }
        guard let sum = newest.arriving else { return nil }
        newest.arriving = nil
        return (newest, sum)
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
