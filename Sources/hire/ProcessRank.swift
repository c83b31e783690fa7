import ArgumentParser

/// This process's place among those that a launcher started together.
struct ProcessRank: Equatable {
    /// The number of this process, from 0.
    var rank: Int
    /// How many there are.
    var count: Int
    /// The variable that said so.
    var variable: String

    /// The place that the environment tells: of torchrun, Open MPI, other MPIs, or Slurm.
    ///
    /// The launcher that is nearest to this process counts: torchrun may run under `srun`, and `mpirun` inside a job.
    ///
    /// - Returns: nil where there is no launcher.
    /// - Throws: `ValidationError` for values that cannot be, or contradict each other.
    static func read(_ environment: [String: String]) throws -> ProcessRank? {
        let found = try launchers.compactMap { try read($0, environment) }
        // Slurm's number is that of the job's step, which may have started the other launcher.
        let launched = found.filter { $0.variable != slurm }
        for other in launched.dropFirst()
        where other.count == launched[0].count && other.rank != launched[0].rank {
            throw ValidationError(
                "\(launched[0].variable)=\(launched[0].rank) and \(other.variable)=\(other.rank) contradict each "
                    + "other; unset the one that does not belong to this launch.")
        }
        return found.first
    }

    private static let slurm = "SLURM_PROCID"

    private static let launchers: [(rank: String, counts: [String])] = [
        ("RANK", ["WORLD_SIZE"]),
        ("OMPI_COMM_WORLD_RANK", ["OMPI_COMM_WORLD_SIZE"]),
        ("PMI_RANK", ["PMI_SIZE"]),
        // A batch script that asked for no tasks has a number and no count.
        (slurm, ["SLURM_NTASKS", "SLURM_STEP_NUM_TASKS", "SLURM_NPROCS"]),
    ]

    private static func read(
        _ names: (rank: String, counts: [String]), _ environment: [String: String]
    ) throws -> ProcessRank? {
        guard let rank = try number(names.rank, environment) else { return nil }
        let counts = try names.counts.compactMap { name in
            try number(name, environment).map { (name: name, value: $0) }
        }
        guard let count = counts.first else {
            if rank == 0 { return nil }
            throw ValidationError(
                "\(names.rank) is \(rank), but \(names.counts[0]) does not say of how many; set both or neither."
            )
        }
        guard rank < count.value else {
            throw ValidationError(
                "\(names.rank) is \(rank) and \(count.name) is \(count.value); ranks go from 0 to one less than their "
                    + "number.")
        }
        return ProcessRank(rank: rank, count: count.value, variable: names.rank)
    }

    private static func number(_ name: String, _ environment: [String: String]) throws -> Int? {
        guard let text = environment[name] else { return nil }
        let isPlain = !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        guard isPlain, let number = Int(text) else {
            throw ValidationError("\(name) must be a whole number from 0, got '\(text)'.")
        }
        return number
    }
}
