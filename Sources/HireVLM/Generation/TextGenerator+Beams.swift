import HireTensor

extension TextGenerator {
    /// The best answer to one prompt [1, T, hidden] by beam search (`GenerationMixin._beam_search`).
    ///
    /// The prompt is read once and its cache repeated, where Hugging Face reads it once per beam.
    func searchBeams(_ prompt: Tensor, _ answer: AnswerInProgress) throws -> Generation {
        var answer = answer
        var search = BeamSearch(options, endCount: endIDs.count)
        var streams = [TextStream](repeating: answer.stream, count: options.beams)
        let cache = languageModel.makeCache()
        var input = prompt
        repeat {
            try hooks.checkInterrupt()
            let isFirst = search.length == 0
            let logits = try lastLogits(input, cache)
            var rows: [[Float]] = []
            for (beam, ids) in search.running.enumerated() {
                // At first all beams are the same, and so are their logits.
                let scores = logits[isFirst ? 0 : beam]
                try checkLogits(scores, of: answer)
                var row = Ranking.logSoftmax(scores).map { Float($0) }
                processors.process(&row, ids: answer.promptIDs + ids)
                rows.append(row)
            }
            let candidates = search.candidates(
                rows, random: options.isSampling ? random(answer.number, step: search.length) : nil)
            var extended: [TextStream] = []
            let ends = candidates.map { candidate in
                var stream = streams[candidate.parent]
                if watchesText { stream.append(candidate.id) }
                extended.append(stream)
                return finishReason(
                    candidate.id, count: search.length + 1, isStopped: stream.isStopped)
            }
            let kept = search.advance(candidates, isEnd: ends.map { $0 != nil })
            answer.tick()
            if search.isDone { break }
            try cache.select(rows: kept.map { isFirst ? 0 : candidates[$0].parent })
            streams = kept.map { extended[$0] }
            input = try embedded(kept.map { candidates[$0].id })
        } while true
        let best = search.best
        answer.ids = best.ids
        var stream = answer.stream
        if watchesText { for id in best.ids { stream.append(id) } }
        answer.finish = finishReason(
            best.ids[best.ids.count - 1], count: best.ids.count, isStopped: stream.isStopped)
        let text = stream.finish(best.ids)
        answer.stream = stream
        if let onText = hooks.onText, !text.isEmpty { _ = try onText(answer.number, text) }
        return answer.generation(promptTokens: prompt.shape[1], score: Double(best.score))
    }
}
