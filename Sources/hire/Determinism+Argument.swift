import ArgumentParser
import HireTensor

extension Determinism: ExpressibleByArgument {}
