/// How an answer is generated; names, defaults and meanings are those of Hugging Face's `GenerationConfig`.
///
/// One difference: there is no `do_sample`. A temperature of 0 takes the likeliest token or beam, any other samples.
public struct GenerationOptions: PluginConfiguration, Equatable {
    /// Tokens after which an answer is cut off (`max_new_tokens`).
    public var maximumTokens = 64
    /// 0 takes the likeliest token; otherwise logits are divided by it and a token is drawn.
    public var temperature = 0.0
    /// Sampling draws among this many likeliest tokens; 0 means all. (50 is Hugging Face's default too.)
    public var topK = 50
    /// Sampling draws among the likeliest tokens that together have this probability; 1 means all.
    public var topP = 1.0
    /// Sampling draws among tokens that have at least this share of the likeliest one's probability; 0 means all.
    public var minP = 0.0
    /// Makes tokens of the question or the answer less likely to come again (above 1) or more (below); 1 changes nothing.
    ///
    /// Image positions have no token and do not count.
    public var repetitionPenalty = 1.0
    /// Answers followed at once (`num_beams`); 1 is no beam search.
    public var beams = 1
    /// Finished beams are compared by their log-probability divided by length to this power.
    public var lengthPenalty = 1.0
    /// When beam search gives up.
    public var earlyStopping = EarlyStopping.heuristic
    /// Texts that end an answer; they and what follows are left out of it (`stop_strings`).
    public var stop: [String] = []
    /// Ids that end an answer (`eos_token_id`); empty means the pipeline's own (`generation_config.json`'s, or the tokenizer's end of text).
    public var endIDs: [Int] = []
    /// Keys sampling: a draw depends on (seed, number of the question, number of the token) and nothing else.
    public var seed = 0

    enum CodingKeys: String, CodingKey {
        case temperature, beams, stop, seed
        case maximumTokens = "maximum_tokens"
        case topK = "top_k"
        case topP = "top_p"
        case minP = "min_p"
        case repetitionPenalty = "repetition_penalty"
        case lengthPenalty = "length_penalty"
        case earlyStopping = "early_stopping"
        case endIDs = "end_ids"
    }

    /// Greedy, up to 64 tokens.
    public init() {}

    /// Greedy, up to so many tokens.
    public init(maximumTokens: Int) { self.maximumTokens = maximumTokens }

    /// Whether tokens are drawn.
    public var isSampling: Bool { temperature != 0 }
}
