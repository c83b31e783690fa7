import HireTensor
import HireVLM

/// `hire.analysis`: numbers that describe and compare feature maps.
public enum AnalysisLibrary {
    /// The library.
    public static let library = ScriptLibrary(
        name: "analysis", summary: "Norms, spectra, ranks and agreement of feature maps.",
        functions: [norms, highFrequency, rank, cosine, cka])

    private static let map = ScriptParameter("map", .tensor, "[N, C, H, W].")
    private static let pair = [
        ScriptParameter("first", .tensor, "[N, C, H, W]."),
        ScriptParameter("second", .tensor, "On the same grid."),
    ]

    private static let norms = ScriptFunction(
        "norms", "Statistics of the lengths of features over all positions and pictures.",
        parameters: [map],
        options: [
            .optional(
                "factor", .number, "Outliers are longer than this times the median.", default: "3")
        ],
        returns: [
            ScriptResult(
                .table,
                "`mean`, `std`, `median`, `min`, `max`, and `outliers`, the share of positions that are outliers"
            )
        ],
        example: """
            local norms = hire.analysis.norms(hire.tensor.ones({ 1, 4, 3, 3 }))
            assert(norms.mean == 2 and norms.std == 0 and norms.outliers == 0)
            """
    ) { arguments in
        let found = try FeatureStatistics(
            arguments.tensor("map"), factor: arguments.number("factor", default: 3))
        return [
            .fields([
                ("mean", .number(found.mean)), ("std", .number(found.deviation)),
                ("median", .number(found.median)), ("min", .number(found.smallest)),
                ("max", .number(found.largest)), ("outliers", .number(found.outliers)),
            ])
        ]
    }

    private static let highFrequency = ScriptFunction(
        "high_frequency",
        "The share of a map's energy at spatial frequencies above a cut-off, from 0 to 1: squared magnitudes of the "
            + "2-D discrete Fourier transform summed over channels and pictures, without the constant part.",
        parameters: [map],
        options: [
            .optional(
                "cutoff", .number,
                "In units of the Nyquist frequency (half a cycle per position); a frequency's size is sqrt(fy^2 + fx^2).",
                default: "0.5")
        ],
        returns: [ScriptResult(.number, "the share")],
        example: """
            local checks = hire.tensor.from({ { { { 1, -1 }, { -1, 1 } } } })
            assert(hire.analysis.high_frequency(checks) == 1)
            """
    ) { arguments in
        [
            .number(
                try FeatureSpectrum.highFrequencyShare(
                    arguments.tensor("map"), cutoff: arguments.number("cutoff", default: 0.5)))
        ]
    }

    private static let rank = ScriptFunction(
        "rank",
        "How many directions a map's features use: the effective rank of Roy and Vetterli (2007), exp of the entropy "
            + "of the singular values, and the numeric rank.",
        parameters: [map],
        options: [
            .optional(
                "centred", .boolean, "Whether the mean features are subtracted first.",
                default: "false")
        ],
        returns: [
            ScriptResult(
                .table,
                "`effective`, `numeric` (as NumPy's matrix_rank of float32 counts) and `singular_values`"
            )
        ],
        example: """
            local rank = hire.analysis.rank(hire.tensor.ones({ 1, 4, 3, 3 }))
            assert(rank.numeric == 1 and math.abs(rank.effective - 1) < 1e-6)
            """
    ) { arguments in
        let found = try FeatureRank(
            arguments.tensor("map"), centred: arguments.boolean("centred", default: false))
        return [
            .fields([
                ("effective", .number(found.effective)), ("numeric", .integer(found.numeric)),
                ("singular_values", .list(found.singularValues.map { .number($0) })),
            ])
        ]
    }

    private static let cosine = ScriptFunction(
        "cosine", "The cosine of two maps' features, position by position.", parameters: pair,
        returns: [ScriptResult(.table, "`mean`, `std`, `min` and `max` over all positions")],
        example: """
            local map = hire.tensor.randn({ 1, 4, 3, 3 })
            assert(math.abs(hire.analysis.cosine(map, map * 2).mean - 1) < 1e-6)
            """
    ) { arguments in
        let cosines = try FeatureAgreement.cosines(
            arguments.tensor("first"), arguments.tensor("second"))
        let mean = cosines.reduce(0, +) / Double(cosines.count)
        let variance = cosines.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return [
            .fields([
                ("mean", .number(mean)),
                ("std", .number((variance / Double(cosines.count)).squareRoot())),
                ("min", .number(cosines.min() ?? 0)), ("max", .number(cosines.max() ?? 0)),
            ])
        ]
    }

    private static let cka = ScriptFunction(
        "cka",
        "Linear centred kernel alignment of two maps (Kornblith et al. 2019): 1 where they are equal up to rotation and "
            + "scale; they may differ in channels.",
        parameters: pair, returns: [ScriptResult(.number, "from 0 to 1")],
        example: """
            local map = hire.tensor.randn({ 1, 4, 3, 3 })
            assert(math.abs(hire.analysis.cka(map, map * 2 + 1) - 1) < 1e-6)
            """
    ) { arguments in
        [
            .number(
                try FeatureAgreement.linearCKA(
                    arguments.tensor("first"), arguments.tensor("second")))
        ]
    }
}
