import HireVLM

extension HireEnricherConfiguration {
    /// Levels of the UNet, without the bottleneck.
    var levels: Int { widths.count }
    /// Halvings of the grid on the way down.
    var poolings: Int { bottleneck > 0 ? levels : levels - 1 }
    /// Stages, which is the number of guidance maps.
    var stages: Int { levels - finest }
    /// Channels of the decoder's levels, finest first.
    var decoded: [Int] { decoderWidths.isEmpty ? Array(widths.prefix(poolings)) : decoderWidths }

    /// Channels of the guidance maps, coarse to fine.
    var guidanceWidths: [Int] {
        let all = bottleneck > 0 ? decoded : decoded + widths.suffix(1)
        return all.dropFirst(finest).reversed()
    }

    /// The smallest number that `align` and 2^poolings divide.
    var alignment: Int {
        let halvings = 1 << poolings
        var multiple = align
        while multiple % halvings != 0 { multiple += align }
        return multiple
    }

    /// The next multiple of the alignment.
    func aligned(_ side: Int) -> Int { (side + alignment - 1) / alignment * alignment }

    /// Checks everything that can be known before there is a picture.
    ///
    /// - Throws: `PluginError.configuration`.
    func check(_ host: HostShape) throws {
        func require(_ holds: Bool, _ key: String, _ problem: @autoclosure () -> String) throws {
            if !holds {
                throw PluginError.configuration(plugin: "hire", key: key, problem: problem())
            }
        }
        let largest = 4096
        let range = "from 1 to \(largest)"
        try require(
            (1...10).contains(levels), "widths", "must list 1 to 10 widths, got \(levels)")
        try require(
            widths.allSatisfy { (1...largest).contains($0) }, "widths",
            "must be widths \(range), got \(widths)")
        try require(
            (0...largest).contains(bottleneck), "bottleneck",
            "must be from 0 (none) to \(largest), got \(bottleneck)")
        try require(
            decoded.count == poolings, "decoder_widths",
            "must list one width per decoder level (\(poolings) for \(levels) levels "
                + "\(bottleneck > 0 ? "and" : "without") a bottleneck), got \(decoderWidths.count)")
        try require(
            decoded.allSatisfy { (1...largest).contains($0) }, "decoder_widths",
            "must be widths \(range), got \(decoderWidths)")
        try require(
            (0..<levels).contains(finest), "finest",
            "must be from 0 to \(levels - 1), for \(levels) levels, got \(finest)")
        try require(
            (1...16).contains(convolutions), "convolutions",
            "must be from 1 to 16, got \(convolutions)")
        try require((1...1024).contains(align), "align", "must be from 1 to 1024, got \(align)")
        try checkGrids(host)
    }

    private func checkGrids(_ host: HostShape) throws {
        let side = aligned(host.highResolution)
        var coarsest = SIMD2(repeating: side >> (levels - 1))
        switch grids {
        case .unet:
            guard coarsest.x >= host.grid.max() else {
                throw PluginError.configuration(
                    plugin: "hire", key: "widths",
                    problem:
                        "lists \(levels) levels, so that the coarsest guidance map for pictures of "
                        + "\(host.highResolution) px is \(coarsest.x)x\(coarsest.y), smaller than the features' grid "
                        + "\(host.grid.x)x\(host.grid.y); take fewer levels, a larger high_resolution, or grids = "
                        + "\"doubling\"")
            }
        case .doubling:
            coarsest = host.grid &* 2
            let finest = host.grid.max() << stages
            guard finest <= VisionLimits.resolution else {
                throw PluginError.configuration(
                    plugin: "hire", key: "grids",
                    problem:
                        "doubles the features' grid \(stages) times, to \(finest); at most "
                        + "\(VisionLimits.resolution) is allowed")
            }
        }
        try JointBilateralOptions.check(
            radius: radius, keySize: keySize, dropout: dropout, coarsest: coarsest, plugin: "hire")
    }
}
