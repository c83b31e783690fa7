/// Several processors, one after the other.
public struct LogitsProcessorList: LogitsProcessor {
    /// In the order in which they run.
    public let processors: [any LogitsProcessor]

    /// Processors in the order in which they run.
    public init(_ processors: [any LogitsProcessor]) { self.processors = processors }

    /// What options ask for, in the order of `GenerationMixin._get_logits_processor`: repetition penalty and, where
    /// tokens are drawn, temperature, top-k, top-p, min-p.
    ///
    /// - Parameter endCount: number of end ids; beam sampling keeps one token more, so that a beam can go on.
    public init(_ options: GenerationOptions, endCount: Int) {
        var list: [any LogitsProcessor] = []
        if options.repetitionPenalty != 1 {
            list.append(RepetitionPenalty(options.repetitionPenalty))
        }
        if options.isSampling {
            let least = options.beams > 1 ? endCount + 1 : 1
            if options.temperature != 1 { list.append(TemperatureScale(options.temperature)) }
            if options.topK > 0 { list.append(TopK(options.topK, keepingAtLeast: least)) }
            if options.topP < 1 { list.append(TopP(options.topP, keepingAtLeast: least)) }
            if options.minP > 0 { list.append(MinP(options.minP, keepingAtLeast: least)) }
        }
        self.init(list)
    }

    /// Runs all of them.
    public func process(_ scores: inout [Float], ids: [Int]) {
        for processor in processors { processor.process(&scores, ids: ids) }
    }
}
