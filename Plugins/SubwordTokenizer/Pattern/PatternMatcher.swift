/// One pattern over one text: backtracking with an explicit stack and a budget of steps.
struct PatternMatcher {
    let program: PatternProgram
    let text: [UInt8]
    let range: Range<Int>
    /// Falls below 0 when the budget is spent; a match found then means nothing.
    private(set) var stepsLeft: Int
    private var choices: [Choice] = []

    /// A point to go back to: a step and a position, or a run that can give back characters down to a position.
    private struct Choice {
        let step: Int
        var position: Int
        let lowest: Int
    }

    init(program: PatternProgram, text: [UInt8], range: Range<Int>, stepsLeft: Int) {
        self.program = program
        self.text = text
        self.range = range
        self.stepsLeft = stepsLeft
    }

    /// The end of the match that begins at a position, or nil.
    mutating func match(at start: Int) -> Int? {
        choices.removeAll(keepingCapacity: true)
        return run(from: 0, at: start)
    }

    /// Recurses for lookahead only, whose nesting the parser bounds.
    private mutating func run(from firstStep: Int, at start: Int) -> Int? {
        let bottom = choices.count
        var step = firstStep
        var position = start
        while true {
            stepsLeft -= 1
            if stepsLeft < 0 {
                choices.removeLast(choices.count - bottom)
                return nil
            }
            var failed = false
            switch program.steps[step] {
            case .set(let index):
                if let end = one(index, position) {
                    position = end
                    step += 1
                } else {
                    failed = true
                }
            case .run(let index, let least, let most, let givesBack):
                if let (lowest, end) = many(index, position, least, most) {
                    step += 1
                    if givesBack, lowest < end {
                        choices.append(Choice(step: step, position: end, lowest: lowest))
                    }
                    position = end
                } else {
                    failed = true
                }
            case .split(let first, let second):
                choices.append(Choice(step: second, position: position, lowest: position))
                step = first
            case .jump(let target): step = target
            case .lookahead(let negative, let target):
                let found = run(from: step + 1, at: position) != nil
                if found != negative { step = target } else { failed = true }
            case .lineStart:
                let follows = position > range.lowerBound && text[position - 1] == 10
                if position == range.lowerBound || (follows && position < range.upperBound) {
                    step += 1
                } else {
                    failed = true
                }
            case .lineEnd:
                let follows = position > range.lowerBound && text[position - 1] == 10
                if position == range.upperBound ? !follows : text[position] == 10 {
                    step += 1
                } else {
                    failed = true
                }
            case .match:
                choices.removeLast(choices.count - bottom)
                return position
            }
            if failed {
                guard choices.count > bottom else { return nil }
                (step, position) = goBack()
            }
        }
    }

    /// The latest choice; a run gives back one character each time.
    private mutating func goBack() -> (Int, Int) {
        let last = choices.count - 1
        let choice = choices[last]
        if choice.position == choice.lowest {
            choices.removeLast()
            return (choice.step, choice.position)
        }
        var position = choice.position - 1
        while position > choice.lowest, text[position] & 0xC0 == 0x80 { position -= 1 }
        if position == choice.lowest {
            choices.removeLast()
        } else {
            choices[last].position = position
        }
        return (choice.step, position)
    }

    private func one(_ set: Int, _ position: Int) -> Int? {
        guard position < range.upperBound else { return nil }
        let (scalar, length) = UTF8Bytes.scalar(text, at: position, end: range.upperBound)
        return program.sets[set].contains(scalar) ? position + length : nil
    }

    /// Where a run may end at the least and at the most.
    private mutating func many(
        _ set: Int, _ start: Int, _ least: Int, _ most: Int
    ) -> (lowest: Int, end: Int)? {
        var position = start
        var lowest = start
        var count = 0
        while count < most, let next = one(set, position) {
            position = next
            count += 1
            if count == least { lowest = position }
        }
        stepsLeft -= count / 4
        return count < least ? nil : (lowest, position)
    }
}
