/// Two systems on the same samples: how large the difference is, and whether there is one.
public struct PairedComparison: Sendable, Equatable {
    /// The mean difference and its interval.
    public let bootstrap: PairedBootstrap
    /// The p-value that tables show.
    public let test: SignFlipTest

    /// Compares grades of the same samples, given in the same order; at least one.
    public init(_ grades: [Double], against baseline: [Double]) {
        bootstrap = PairedBootstrap(grades, against: baseline)
        test = SignFlipTest(grades, against: baseline)
    }
}
