import HireArray

extension Module {
    /// All parameters and persistent buffers by path relative to this module, as PyTorch's `state_dict`.
    ///
    /// The arrays are snapshots: training on does not change them.
    ///
    /// - Throws: `ArrayError.memory` where numbers have to be drawn first.
    public func stateDict() throws -> StateDict {
        var state = StateDict()
        for (path, module) in modules() {
            let prefix = path.isEmpty ? "" : path + "."
            for (name, parameter) in module.scope.ownParameters {
                state[prefix + name] = try parameter.snapshot()
            }
            for (name, buffer) in module.scope.ownBuffers where buffer.isPersistent {
                state[prefix + name] = try buffer.tensor.array
            }
        }
        return state
    }

    /// Loads parameters and persistent buffers by name, reading one at a time.
    ///
    /// - Parameters:
    ///   - source: a state dict, a safetensors file or a folder of shards.
    ///   - strict: throw, having changed nothing, unless names and shapes agree completely; otherwise what fits is loaded.
    ///   - rename: the source's name for a name of the module, where they differ.
    /// - Throws: `LoadError` with all that does not fit, or what reading throws.
    @discardableResult
    public func load(
        _ source: some WeightSource, strict: Bool = true,
        rename: ((String) -> String)? = nil
    ) throws -> LoadReport {
        let (report, plan) = matched(source, rename: rename)
        if strict, !report.isComplete { throw LoadError(report: report) }
        for item in plan { try item.assign(source.tensor(item.source)) }
        return report
    }

    /// What loading a source would find, without reading or changing a number.
    public func compare(
        _ source: some WeightSource, rename: ((String) -> String)? = nil
    ) -> LoadReport {
        matched(source, rename: rename).report
    }

    private func matched(
        _ source: some WeightSource, rename: ((String) -> String)?
    ) -> (report: LoadReport, plan: [(source: String, assign: (NDArray) throws -> Void)]) {
        var report = LoadReport()
        var plan: [(source: String, assign: (NDArray) throws -> Void)] = []
        var used = Set<String>()
        func consider(_ name: String, _ shape: Shape, _ assign: @escaping (NDArray) throws -> Void)
        {
            let wanted = rename?(name) ?? name
            guard let got = source.shape(of: wanted) else { return report.missing.append(name) }
            used.insert(wanted)
            if got == shape {
                plan.append((wanted, assign))
                report.loaded.append(name)
            } else {
                report.mismatched.append(.init(name: name, expected: shape, got: got))
            }
        }
        for (path, module) in modules() {
            let prefix = path.isEmpty ? "" : path + "."
            for (name, parameter) in module.scope.ownParameters {
                consider(prefix + name, parameter.shape, parameter.assign)
            }
            for (name, buffer) in module.scope.ownBuffers where buffer.isPersistent {
                consider(prefix + name, buffer.shape, buffer.assign)
            }
        }
        report.unexpected = source.names.filter { !used.contains($0) }
        return (report, plan)
    }
}
