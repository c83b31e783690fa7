import HireTensor

/// Costs by module path, as a tree whose nodes hold the sums of everything beneath them.
public struct CostTree: Sendable, Equatable {
    /// The last part of the path; empty at the root.
    public var name: String
    /// The dotted path; empty at the root.
    public var path: String
    /// Multiply-adds, by the convention that made the tree; FLOPs are twice as many.
    public private(set) var multiplyAdds = 0
    /// Bytes that the ops read and wrote, each operand once per op.
    public private(set) var bytes = 0
    /// Trainable numbers.
    public private(set) var parameters = 0
    /// Calls of primitive ops.
    public private(set) var calls = 0
    /// Seconds that the calls took, where they were timed.
    public private(set) var seconds = 0.0
    /// The most bytes that arrays held while a call beneath this node ran, where that was watched.
    public private(set) var peakBytes = 0
    /// What lies beneath, in the order in which it first ran.
    public private(set) var children: [CostTree] = []

    /// Multiply-adds per second, in thousand millions; 0 where nothing was timed.
    public var gigaRate: Double { seconds > 0 ? Double(multiplyAdds) / seconds / 1e9 : 0 }

    /// Multiply-adds per byte moved, which tells work that memory limits from work that arithmetic limits.
    public var intensity: Double { bytes > 0 ? Double(multiplyAdds) / Double(bytes) : 0 }

    private init(name: String, path: String) {
        self.name = name
        self.path = path
    }

    /// The tree of some calls.
    ///
    /// - Parameters:
    ///   - parameters: trainable numbers by dotted path.
    /// - Throws: `CostError.noRule` for an op that the convention has no rule for.
    public init(
        _ calls: [OpCall], convention: CostConvention,
        parameters: [(path: String, count: Int)] = []
    ) throws {
        self.init(name: "", path: "")
        for call in calls {
            let count = try convention.multiplyAdds(of: call)
            add(CostTree.parts(call.modulePath)) { node in
                node.multiplyAdds += count
                node.bytes += call.bytesRead + call.bytesWritten
                node.calls += 1
            }
        }
        add(parameters)
    }

    /// The tree of calls that were timed while they ran.
    public init(_ timed: [TimedCall], parameters: [(path: String, count: Int)] = []) {
        self.init(name: "", path: "")
        for call in timed {
            add(CostTree.parts(call.modulePath)) { node in
                node.multiplyAdds += call.multiplyAdds
                node.bytes += call.bytes
                node.calls += 1
                node.seconds += call.seconds
                node.peakBytes = max(node.peakBytes, call.peakBytes)
            }
        }
        add(parameters)
    }

    private mutating func add(_ parameters: [(path: String, count: Int)]) {
        for (path, count) in parameters {
            // A parameter belongs to its module.
            add(CostTree.parts(path).dropLast()) { $0.parameters += count }
        }
    }

    /// The node at a path, if anything ran or lives there.
    public subscript(_ path: String) -> CostTree? {
        if path == self.path { return self }
        for child in children where path == child.path || path.hasPrefix(child.path + ".") {
            return child[path]
        }
        return nil
    }

    /// This node and those beneath it down to a depth, parents first.
    public func flattened(depth: Int) -> [(node: CostTree, level: Int)] {
        flattened(depth: depth, level: 0)
    }

    private func flattened(depth: Int, level: Int) -> [(node: CostTree, level: Int)] {
        if level == depth { return [(self, level)] }
        return [(self, level)] + children.flatMap { $0.flattened(depth: depth, level: level + 1) }
    }

    private mutating func add(_ parts: ArraySlice<Substring>, _ body: (inout CostTree) -> Void) {
        body(&self)
        guard let first = parts.first else { return }
        let place = children.firstIndex { $0.name == first }
        if let place {
            children[place].add(parts.dropFirst(), body)
        } else {
            var child = CostTree(
                name: String(first), path: path.isEmpty ? String(first) : "\(path).\(first)")
            child.add(parts.dropFirst(), body)
            children.append(child)
        }
    }

    private static func parts(_ path: String) -> ArraySlice<Substring> {
        path.split(separator: ".")[...]
    }
}
