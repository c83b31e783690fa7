import HireFiles

/// What a study has finished, as tables and reports see it.
public struct RunResults {
    /// One finished item.
    public struct Finished {
        /// What people call it.
        public var label: String
        /// What it is averaged with.
        public var group: String
        /// The variant that it ran.
        public var variant: String
        /// Values on the study's axes.
        public var axes: JSONObject
        /// The seed, where the study has one.
        public var seed: Int?
        /// What it determined.
        public var metrics: JSONObject
        /// What the machine determined.
        public var measured: JSONObject
        /// What its samples were graded; nil where samples are not graded.
        ///
        /// Called when two rows are compared.
        public var grades: () throws -> SampleGrades?

        /// A finished item from its parts.
        public init(
            label: String, group: String, variant: String, axes: JSONObject = JSONObject(),
            seed: Int? = nil, metrics: JSONObject, measured: JSONObject = JSONObject(),
            grades: @escaping () throws -> SampleGrades? = { nil }
        ) {
            self.label = label
            self.group = group
            self.variant = variant
            self.axes = axes
            self.seed = seed
            self.metrics = metrics
            self.measured = measured
            self.grades = grades
        }
    }

    /// The kind of study: "ablation", "sweep", "capture".
    public var kind: String
    /// How results are to be read: origin, question types and the like.
    public var description: JSONObject
    /// What is finished, in the order of tables.
    public var finished: [Finished]
    /// How many items each group has altogether, by group.
    public var planned: [String: Int]

    /// Results from their parts.
    ///
    /// - Parameter planned: how many items each group has; nil means that all are finished.
    public init(
        kind: String, description: JSONObject, finished: [Finished], planned: [String: Int]? = nil
    ) {
        self.kind = kind
        self.description = description
        self.finished = finished
        self.planned =
            planned
            ?? Dictionary(grouping: finished, by: \.group).mapValues { $0.count }
    }

    /// The groups in the order of tables, each with its finished items.
    var groups: [(name: String, items: [Finished])] {
        var order: [String] = []
        var members: [String: [Finished]] = [:]
        for item in finished {
            if members[item.group] == nil { order.append(item.group) }
            members[item.group, default: []].append(item)
        }
        return order.map { ($0, members[$0] ?? []) }
    }
}
