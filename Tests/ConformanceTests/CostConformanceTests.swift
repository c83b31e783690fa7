import HireShapes
import HireStudies
import HireTensor
import Testing

/// Every op that can run has a cost in every convention: none counts as nothing by being forgotten.
struct CostConformanceTests {
    private final class Names: OpObserver {
        var calls: [OpCall] = []
        func observe(_ call: OpCall) { calls.append(call) }
    }

    @Test(arguments: CostConvention.allCases)
    func everyOpHasARule(_ convention: CostConvention) throws {
        var missing: Set<String> = []
        for op in OpTable.all {
            for example in op.examples {
                let context = Context(backend: ShapesBackend())
                let names = Names()
                context.observer = names
                let (arguments, _) = try example.instance(of: op).arguments(
                    in: context, variables: false)
                _ = try op.apply(arguments)
                for call in names.calls {
                    do { _ = try convention.multiplyAdds(of: call) } catch is CostError {
                        missing.insert(call.name)
                    }
                }
            }
        }
        #expect(missing.isEmpty, "\(missing.sorted())")
    }

    @Test func aForgottenOpIsAnErrorThatNamesIt() throws {
        let context = Context(backend: ShapesBackend())
        let names = Names()
        context.observer = names
        _ = try context.zeros([2, 2]).relu()
        let call = try #require(names.calls.last)
        let renamed = call.renamed("brand_new_op")
        #expect(throws: CostError.self) { try CostConvention.fvcore.multiplyAdds(of: renamed) }
        let error = #expect(throws: CostError.self) {
            try CostTree([renamed], convention: .fvcore)
        }
        #expect(error?.description.contains("'brand_new_op'") == true)
    }
}

extension OpCall {
    /// The same call under another name.
    fileprivate func renamed(_ name: String) -> OpCall {
        OpCall(
            name: name, form: form, inputs: inputs, output: output, multiplyAdds: multiplyAdds,
            modulePath: modulePath, isBackward: isBackward, bytesRead: bytesRead,
            bytesWritten: bytesWritten, sources: sources, target: target)
    }
}
