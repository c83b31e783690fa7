import HireTensor

/// Low-rank adaptation (Hu, Shen and others, 2021): adds alpha/rank * B A x; names and initialisation are PEFT's.
///
/// `lora_A.weight` is [rank, in], drawn as a linear layer's; `lora_B.weight` is [out, rank], zeros.
public final class LoRA: LinearAdapter {
    /// Whether the addition is made.
    public var isEnabled = true
    /// r: the rows of `lora_A`.
    public let rank: Int
    /// alpha / rank.
    public let scale: Double
    /// The probability with which training drops an input of `lora_A`.
    public var dropoutProbability: Double { dropout.probability }
    private let down: Linear
    private let up: Linear
    private let dropout: Dropout

    /// An adapter for a layer [out, in].
    public init(
        inputs: Int, outputs: Int, rank: Int, alpha: Double, dropout: Double = 0,
        in context: Context
    ) {
        self.rank = rank
        scale = alpha / Double(rank)
        down = Linear(inputs, rank, bias: false, in: context)
        up = Linear(rank, outputs, bias: false, weight: .zeros, in: context)
        self.dropout = Dropout(dropout)
    }

    /// `lora_A`, `lora_B`, and `lora_dropout` if there is any.
    public var modules: [(name: String, module: any Module)] {
        let weights: [(name: String, module: any Module)] = [("lora_A", down), ("lora_B", up)]
        return dropout.probability != 0 ? weights + [("lora_dropout", dropout)] : weights
    }

    /// alpha/rank * B A x: [..., in] to [..., out].
    public func addition(to input: Tensor) throws -> Tensor {
        try up(down(dropout(input))).scaled(by: scale)
    }

    /// alpha/rank * B A: [out, in].
    public func weightAddition() throws -> Tensor {
        try up.weight.tensor.matmul(down.weight.tensor).scaled(by: scale)
    }
}
