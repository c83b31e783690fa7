import HireFiles

/// A parser under test: where its inputs come from, how they are changed, and what is run on them.
package struct FuzzTarget: Sendable {
    /// The name, and that of its folder in the corpus.
    package let name: String
    /// Files under Tests/Goldens that serve as seeds too; `*.png` stands for all of a folder.
    let goldens: [String]
    /// Words of the format.
    let tokens: [String]
    /// Longer inputs are cut.
    let longest: Int
    /// The most inputs of a run: fewer where each of them starts a process.
    package let most: Int
    /// Takes an input apart into fields that are changed one by one, so that lengths and checksums around them stay right.
    let format: (any FuzzFormat)?
    /// Parses an input: gives a value or throws an error of the toolkit.
    package let run: @Sendable ([UInt8]) throws -> Void

    init(
        _ name: String, goldens: [String] = [], tokens: [String] = [], longest: Int = 1 << 16,
        most: Int = .max, format: (any FuzzFormat)? = nil,
        run: @escaping @Sendable ([UInt8]) throws -> Void
    ) {
        self.name = name
        self.goldens = goldens
        self.tokens = tokens
        self.longest = longest
        self.most = most
        self.format = format
        self.run = run
    }

    /// The seeds: the corpus of this target and its goldens, in the order of their names.
    ///
    /// - Parameter tests: the folder `Tests`.
    package func seeds(in tests: String) throws -> [(name: String, bytes: [UInt8])] {
        let disk = SystemFileSystem()
        var paths: [String] = []
        let corpus = FilePath.join(tests, "Fuzz/corpus/\(name)")
        if try disk.exists(corpus) {
            paths += try disk.list(corpus).map { FilePath.join(corpus, $0) }
        }
        for golden in goldens {
            let path = FilePath.join(tests, "Goldens/" + golden)
            let pattern = FilePath.name(of: path)
            guard pattern.hasPrefix("*") else {
                paths.append(path)
                continue
            }
            let folder = FilePath.folder(of: path)
            paths += try disk.list(folder).filter { $0.hasSuffix(pattern.dropFirst()) }
                .map { FilePath.join(folder, $0) }
        }
        return try paths.map { ($0, try disk.readAll($0)) }
    }

    /// The input taken apart and put together again; nil if it is not of the target's format.
    package func rebuilt(_ bytes: [UInt8]) -> [UInt8]? {
        guard let format, let parts = format.split(bytes), !parts.isEmpty else { return nil }
        return format.join(parts)
    }

    /// Input number `index` of the run with a seed.
    package func input(_ index: Int, seed: UInt64, from seeds: [[UInt8]]) -> [UInt8] {
        var random = FuzzRandom(seed: seed, index: index)
        let base = random.pick(seeds)
        let mutator = Mutator(tokens: tokens.map { Array($0.utf8) }, seeds: seeds, longest: longest)
        guard let format, !random.once(in: 4), var parts = format.split(base), !parts.isEmpty else {
            return mutator.mutate(base, &random)
        }
        for _ in 0...random.below(2) {
            switch random.below(10) {
            case 0: parts.append(random.pick(parts))
            case 1 where parts.count > 1: parts.remove(at: random.below(parts.count))
            default:
                let index = random.below(parts.count)
                parts[index] = mutator.mutate(parts[index], &random)
            }
        }
        return format.join(parts)
    }
}

/// How inputs of a format are taken apart and put together with right lengths and checksums.
protocol FuzzFormat: Sendable {
    /// The fields; nil if the bytes are not of this format.
    func split(_ bytes: [UInt8]) -> [[UInt8]]?
    /// The bytes around any fields.
    func join(_ parts: [[UInt8]]) -> [UInt8]
}
