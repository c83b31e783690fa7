/// Names of hooks for people: what repeats in every layer stands there once.
enum HookNames {
    /// `layers.0.output` to `layers.22.output` become one line, `layers.*.output  (0 to 22)`; the name before the brackets
    /// is a glob that selects them.
    static func collapsed(_ names: [String]) -> [String] {
        collapsed(names) { _ in "" }.map(\.name)
    }

    /// The same with the names that each line stands for; names that differ in `kind` have lines of their own.
    static func collapsed(
        _ names: [String], kind: (String) -> String
    ) -> [(name: String, members: [String])] {
        var members: [String: [String]] = [:]
        var order: [String] = []
        var numbers: [String: [Int]] = [:]
        for name in names {
            let parts = name.split(separator: ".", omittingEmptySubsequences: false)
            // The first number is the layer's; later ones are parts of it.
            guard let place = parts.firstIndex(where: { Int($0) != nil }),
                let number = Int(parts[place])
            else {
                order.append(name)
                members[name] = [name]
                continue
            }
            let front = parts[..<place].joined(separator: ".")
            let pattern =
                "\(front).\u{0}.\(parts[(place + 1)...].joined(separator: "."))\u{1}\(kind(name))"
            if numbers[pattern] == nil { order.append(pattern) }
            members[pattern, default: []].append(name)
            numbers[pattern, default: []].append(number)
        }
        return order.map { pattern in
            guard let found = numbers[pattern], let first = found.min(), let last = found.max()
            else { return (pattern, members[pattern] ?? []) }
            let text = String(pattern.prefix { $0 != "\u{1}" })
            let name = text.replacing("\u{0}", with: first == last ? "\(first)" : "*")
            return (
                first == last ? name : "\(name)  (\(first) to \(last))", members[pattern] ?? []
            )
        }
    }
}
