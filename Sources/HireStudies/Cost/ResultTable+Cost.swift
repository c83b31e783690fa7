import HireTensor
import HireVLM

extension ResultTable {
    /// Table 1 of the paper: what it prints, and what the model code counts.
    ///
    /// - Parameter shapes: makes contexts on the shapes-only back-end.
    public static func table1(
        convention: CostConvention, catalog: PluginCatalog, shapes: () -> Context
    ) throws -> ResultTable {
        var table = ResultTable(
            caption: caption("Table 1: first token of LLaVA-1.5 with ViT-L/14-336", convention),
            columns: [
                Column("model", "model", isText: true), Column("resolution", "resolution"),
                Column("tokens", "tokens"), Column("macs", "multiply-adds"),
                Column("tflops_printed", "TFLOPs as printed"), Column("paper", "paper"),
                Column("difference", "difference"),
                Column("convention", "convention", isText: true),
            ])
        for row in PaperCosts.table1 {
            let cost = try ModelCost.measure(
                row.recipe, catalog: catalog, convention: convention, shapes: shapes)
            // Compared as printed, which is all that the paper gives.
            let printed = PaperCosts.Row.printed(cost.multiplyAdds)
            table.append([
                .text(row.model), .integer(row.resolution), .integer(cost.tokens),
                .integer(cost.multiplyAdds), .number(printed, decimals: 3),
                row.paper.map { .number($0, decimals: 3) } ?? .missing,
                row.paper.map { .number(difference(printed, $0), decimals: 3) } ?? .missing,
                .text(convention.rawValue),
            ])
        }
        return table
    }

    /// Figure 3 of the paper as numbers: four vision towers at two resolutions, by method.
    ///
    /// - Parameter shapes: makes contexts on the shapes-only back-end.
    public static func figure3(
        convention: CostConvention, catalog: PluginCatalog, shapes: () -> Context
    ) throws -> ResultTable {
        var table = ResultTable(
            caption: caption("Figure 3: first token by vision tower (patch 14)", convention),
            columns: [
                Column("model", "model", isText: true), Column("encoder", "encoder", isText: true),
                Column("encoder_resolution", "encoder sees"),
                Column("method", "method", isText: true), Column("resolution", "resolution"),
                Column("macs", "multiply-adds"), Column("tflops_printed", "TFLOPs"),
                Column("convention", "convention", isText: true),
            ])
        for row in PaperCosts.figure3 {
            let cost = try ModelCost.measure(
                row.recipe, catalog: catalog, convention: convention, shapes: shapes)
            table.append([
                .text(row.model), .text(row.encoder), .integer(row.encoderResolution),
                .text(row.method), .integer(row.resolution), .integer(cost.multiplyAdds),
                .number(PaperCosts.Row.printed(cost.multiplyAdds), decimals: 3),
                .text(convention.rawValue),
            ])
        }
        return table
    }

    /// What each module of a model costs, parents first, down to a depth.
    public static func costs(_ cost: ModelCost, depth: Int, title: String) -> ResultTable {
        var table = ResultTable(
            caption: caption(title, cost.convention),
            columns: [
                Column("module", "module", isText: true), Column("parameters", "parameters"),
                Column("macs", "multiply-adds"), Column("flops", "FLOPs"),
                Column("share", "share in %"), Column("bytes", "moved"),
                Column("macs_per_byte", "per byte"),
                Column("convention", "convention", isText: true),
            ])
        let total = max(cost.multiplyAdds, 1)
        for (node, _) in cost.tree.flattened(depth: depth) {
            table.append([
                .text(node.path.isEmpty ? "all" : node.path), .integer(node.parameters),
                .integer(node.multiplyAdds), .count(2 * node.multiplyAdds),
                .number(100 * Double(node.multiplyAdds) / Double(total), decimals: 2),
                .bytes(node.bytes), .number(node.intensity, decimals: 1),
                .text(cost.convention.rawValue),
            ])
        }
        return table
    }

    /// Where a run's seconds and bytes went, parents first, down to a depth.
    ///
    /// - Parameter matrixRate: what the machine reaches in products of matrices, in 10^9 multiply-adds per second.
    public static func profile(
        _ tree: CostTree, matrixRate: Double, depth: Int, title: String
    ) -> ResultTable {
        var table = ResultTable(
            caption:
                "\(title); products of matrices reach \(fixed(matrixRate, 1)) thousand million multiply-adds "
                + "per second here.",
            columns: [
                Column("module", "module", isText: true), Column("parameters", "parameters"),
                Column("seconds", "seconds"), Column("share", "share in %"),
                Column("macs", "multiply-adds"), Column("gmacs_per_second", "10^9 per second"),
                Column("of_matrix_rate", "of products in %"), Column("bytes", "moved"),
                Column("peak_bytes", "most in arrays"),
            ])
        for (node, _) in tree.flattened(depth: depth) {
            table.append([
                .text(node.path.isEmpty ? "all" : node.path), .integer(node.parameters),
                .seconds(node.seconds),
                .number(100 * node.seconds / max(tree.seconds, .leastNormalMagnitude), decimals: 1),
                .count(node.multiplyAdds), .number(node.gigaRate, decimals: 1),
                .number(100 * node.gigaRate / matrixRate, decimals: 0), .bytes(node.bytes),
                .bytes(node.peakBytes),
            ])
        }
        return table
    }

    /// In whole thousandths, so that equal figures differ by 0 and not by a rounding.
    private static func difference(_ ours: Double, _ theirs: Double) -> Double {
        ((ours * 1000).rounded() - (theirs * 1000).rounded()) / 1000
    }

    private static func caption(_ title: String, _ convention: CostConvention) -> String {
        "\(title); \(convention.rawValue): \(convention.summary)."
    }
}
