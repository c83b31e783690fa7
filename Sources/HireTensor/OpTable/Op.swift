/// One public operation, described once: gradient checks, back-end agreement tests, the scripting library and its
/// manual are all driven from these values.
public struct Op: Sendable {
    /// The name, lower_snake, as PyTorch names it.
    public let name: String
    /// One sentence on what it does.
    public let summary: String
    /// The PyTorch function with the same numbers, or nil if there is none.
    public let counterpart: String?
    /// What it takes, in order.
    public let parameters: [OpParameter]
    /// What it gives, in order; a list result stands for all of its tensors.
    public let results: [OpResult]
    /// Whether gradients flow from its results to its differentiable parameters.
    public let isDifferentiable: Bool
    /// What it costs.
    public let costRule: OpCostRule
    /// Small inputs that exercise it; never empty.
    public let examples: [OpExample]
    /// Runs it.
    public let apply: @Sendable (OpArguments) throws -> [Tensor]

    /// An operation given its description and body.
    public init(
        _ name: String, _ summary: String, counterpart: String?, parameters: [OpParameter],
        results: [OpResult] = [OpResult("result")], isDifferentiable: Bool = true,
        costRule: OpCostRule = .elementwise, examples: [OpExample],
        apply: @escaping @Sendable (OpArguments) throws -> [Tensor]
    ) {
        precondition(!examples.isEmpty, "The operation \(name) needs an example.")
        self.name = name
        self.summary = summary
        self.counterpart = counterpart
        self.parameters = parameters
        self.results = results
        self.isDifferentiable = isDifferentiable
        self.costRule = costRule
        self.examples = examples
        self.apply = apply
    }
}
