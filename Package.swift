// swift-tools-version: 6.2
// The manifest is a table. Read it top to bottom: each layer may import only what stands above it.
import PackageDescription

// MARK: - Settings shared by every target

/// Strict language settings, the same for all Swift targets.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

/// Kernel targets are optimised even in debug builds (a plain loop is 12x slower without), and on x86-64 use
/// AVX2 and FMA; the program checks for both at start-up.
#if arch(x86_64)
    let kernelFlags: [SwiftSetting] = [
        .unsafeFlags(
            ["-O", "-whole-module-optimization", "-num-threads", "2"], .when(configuration: .debug)),
        .unsafeFlags(["-Ounchecked"], .when(configuration: .release)),
        .unsafeFlags(["-Xcc", "-march=x86-64-v3"]),
    ]
#else
    let kernelFlags: [SwiftSetting] = [
        .unsafeFlags(
            ["-O", "-whole-module-optimization", "-num-threads", "2"], .when(configuration: .debug)),
        .unsafeFlags(["-Ounchecked"], .when(configuration: .release)),
    ]
#endif

/// Targets that parse bytes from outside or move many of them are optimised in debug builds too, and keep every check.
let optimised: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// Plugins that parse bytes from outside.
let parsingPlugins: Set = ["SubwordTokenizer"]

// MARK: - Helpers that make the rows

func system(_ name: String, pkgConfig: String, apt: String) -> Target {
    .systemLibrary(
        name: name, path: "Sources/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
}

func shims(_ name: String, over library: String) -> Target {
    .target(name: name, dependencies: [.byName(name: library)], path: "Sources/\(name)")
}

func library(
    _ name: String, _ dependencies: [Target.Dependency], kernels: Bool = false,
    parsers: Bool = false
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/\(name)",
        swiftSettings: strict + (kernels ? kernelFlags : []) + (parsers ? optimised : []))
}

func plugin(_ name: String) -> Target {
    .target(
        name: name,
        dependencies: ["HireVLM", "HireNN", "HireTensor", "HireArray", "HireImaging", "HireFiles"],
        path: "Plugins/\(name)", exclude: ["README.md"],
        swiftSettings: strict + (parsingPlugins.contains(name) ? optimised : []))
}

func test(_ name: String, _ dependencies: [Target.Dependency], kernels: Bool = false) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, path: "Tests/\(name)",
        swiftSettings: kernels ? strict + kernelFlags : strict)
}

// MARK: - Layer 0: C libraries and their shims

let foreign: [Target] = [
    system("CLua", pkgConfig: "lua5.4", apt: "liblua5.4-dev"),
    system("CHDF5", pkgConfig: "hdf5-serial", apt: "libhdf5-dev"),
    system("COpenBLAS", pkgConfig: "openblas", apt: "libopenblas-dev"),
    system("CPNG", pkgConfig: "libpng", apt: "libpng-dev"),
    system("CTurboJPEG", pkgConfig: "libturbojpeg", apt: "libturbojpeg0-dev"),
    system("CWebP", pkgConfig: "libwebpdemux", apt: "libwebp-dev"),
    shims("CLuaShims", over: "CLua"),
    shims("CHDF5Shims", over: "CHDF5"),
    shims("CPNGShims", over: "CPNG"),
    .target(
        name: "CDigestShims", path: "Sources/CDigestShims", cSettings: [.unsafeFlags(["-O3"])]),
    // Optimised in debug builds too: it multiplies matrices.
    .target(
        name: "CVectorShims", path: "Sources/CVectorShims", cSettings: [.unsafeFlags(["-O3"])]),
]

// MARK: - Layers 1 to 4, 6 and 7: the libraries

let libraries: [Target] = [
    // 1: numbers, back-ends, files
    library("HireArray", [], kernels: true),
    library("HireReference", ["HireArray"], kernels: true),
    library("HireCPU", ["HireArray", "COpenBLAS", "CVectorShims"], kernels: true),
    library("HireShapes", ["HireArray"]),
    library("HireFiles", ["CDigestShims"], parsers: true),
    // 2: gradients
    library("HireTensor", ["HireArray"]),
    // 3: modules, activations on disk, pictures
    library("HireNN", ["HireTensor", "HireArray", "HireFiles"], parsers: true),
    library(
        "HireHDF5", ["HireArray", "HireFiles", "CHDF5", "CHDF5Shims", "CDigestShims"],
        parsers: true),
    library(
        "HireImaging", ["HireArray", "HireFiles", "CPNG", "CPNGShims", "CTurboJPEG", "CWebP"],
        parsers: true),
    // 4: the grammar of a multimodal model
    library("HireVLM", ["HireNN", "HireTensor", "HireArray", "HireImaging", "HireFiles"]),
    // 6: experiments
    library(
        "HireStudies",
        ["HireVLM", "HireNN", "HireTensor", "HireArray", "HireHDF5", "HireImaging", "HireFiles"]),
    // 7: scripting
    library(
        "HireLua",
        [
            "HireStudies", "HireVLM", "HireNN", "HireTensor", "HireArray", "HireHDF5",
            "HireImaging",
            "HireFiles", "CLua", "CLuaShims",
        ]),
]

// MARK: - Layer 5: plugins, one folder each; Plugins/Builtin/BuiltinPlugins.swift is the list that registers them

let plugins = [
    "SmallVisionTransformer", "CLIPVision", "DINOv2Vision",
    "NoneEnricher", "InterpolationEnricher", "HireEnricher", "FeatUpEnricher", "LiFTEnricher",
    "S2Enricher", "MultiCropEnricher",
    "MLPProjector", "Llama", "WordTokenizer", "SubwordTokenizer", "EasyVQATask", "ShapesTask",
]

let builtin = Target.target(
    name: "Builtin", dependencies: ["HireVLM"] + plugins.map { .byName(name: $0) },
    path: "Plugins/Builtin",
    swiftSettings: strict)

// MARK: - Layer 8: the program

let program = Target.executableTarget(
    name: "hire",
    dependencies: [
        "HireLua", "HireStudies", "HireVLM", "HireNN", "HireTensor", "HireArray", "HireHDF5",
        "HireImaging",
        "HireFiles", "HireCPU", "HireReference", "HireShapes", "Builtin",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ],
    path: "Sources/hire", swiftSettings: strict)

// MARK: - Tests

let tests: [Target] = [
    test("RepositoryTests", []),
    .target(
        name: "HireTestSupport", dependencies: ["HireNN", "HireTensor", "HireArray", "HireFiles"],
        path: "Tests/Support", swiftSettings: strict),
    .target(
        name: "HireFuzzing",
        dependencies: [
            "HireLua", "HireStudies", "HireVLM", "HireNN", "HireTensor", "HireArray", "HireHDF5",
            "HireImaging", "HireFiles", "HireReference", "HireShapes", "SubwordTokenizer",
        ],
        path: "Tests/Fuzz/Library", swiftSettings: strict + optimised),
    .executableTarget(
        name: "HireFuzz",
        dependencies: [
            "HireFuzzing", "HireNN", "HireArray", "HireReference", "HireFiles",
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ],
        path: "Tests/Fuzz/Program", swiftSettings: strict + optimised),
    test("FuzzTests", ["HireFuzzing", "HireFiles"]),
    .target(
        name: "HireTorturing",
        dependencies: [
            "HireStudies", "HireVLM", "HireHDF5", "HireArray", "HireReference", "HireFiles",
            "HireTestSupport",
        ], path: "Tests/Torture/Library",
        swiftSettings: strict),
    .executableTarget(
        name: "HireTorture",
        dependencies: [
            "HireTorturing", "HireFiles",
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ],
        path: "Tests/Torture/Program", swiftSettings: strict),
    test("TortureTests", ["hire", "HireTorture", "HireTorturing", "HireFiles", "HireTestSupport"]),
    test("HireFilesTests", ["HireFiles", "HireTestSupport"]),
    test(
        "HireImagingTests",
        ["HireImaging", "HireFiles", "HireArray", "HireReference", "HireTestSupport"]),
    test(
        "HireHDF5Tests", ["HireHDF5", "HireFiles", "HireArray", "HireReference", "HireTestSupport"]),
    test(
        "HireVLMTests",
        [
            "Builtin", "MultiCropEnricher", "HireVLM", "HireNN", "HireTensor", "HireArray",
            "HireImaging", "HireFiles", "HireReference", "HireShapes", "HireCPU", "HireTestSupport",
        ]),
    test(
        "HireStudiesTests",
        [
            "Builtin", "HireLua", "HireStudies", "HireVLM", "HireNN", "HireTensor", "HireArray",
            "HireReference", "HireShapes", "HireHDF5", "HireImaging", "HireFiles",
            "HireTestSupport", "HireFuzzing", "HireCPU",
        ]),
    test(
        "ConformanceTests",
        [
            "Builtin", "HireStudies", "HireVLM", "HireNN", "HireTensor", "HireImaging",
            "HireReference", "HireShapes", "HireCPU", "HireTestSupport",
        ]),
    test(
        "VisionTests",
        [
            "Builtin", "HireVLM", "HireNN", "HireTensor", "HireArray", "HireFiles",
            "HireReference", "HireShapes", "HireCPU", "HireTestSupport",
        ]),
    test(
        "SubwordTokenizerTests", ["SubwordTokenizer", "HireVLM", "HireFiles", "HireTestSupport"]),
    test("HireArrayTests", ["HireArray", "HireTestSupport"]),
    test(
        "HireLuaTests",
        [
            "HireLua", "HireStudies", "HireVLM", "HireNN", "HireTensor", "HireArray", "HireHDF5",
            "HireImaging",
            "HireFiles", "HireReference", "HireShapes", "HireCPU", "HireTestSupport", "Builtin",
        ]),
    test(
        "ProgramTests",
        [
            "hire", "HireLua", "HireStudies", "HireVLM", "HireNN", "HireReference", "HireFiles",
            "HireTestSupport",
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ]),
    test(
        "HireTensorTests",
        ["HireTensor", "HireArray", "HireReference", "HireShapes", "HireTestSupport"]),
    test(
        "GradientTests",
        ["HireTensor", "HireArray", "HireReference", "HireShapes", "HireCPU", "HireTestSupport"],
        kernels: true),
    .testTarget(
        name: "ParityTests",
        dependencies: [
            "Builtin", "HireVLM", "HireNN", "HireTensor", "HireArray", "HireFiles", "HireReference",
            "HireCPU", "HireTestSupport",
        ], path: "Tests/Parity", swiftSettings: strict),
    test(
        "HireNNTests",
        [
            "HireNN", "HireTensor", "HireArray", "HireFiles", "HireCPU", "HireReference",
            "HireShapes",
            "HireTestSupport", "HireFuzzing",
        ]),
    test("HireReferenceTests", ["HireReference", "HireShapes", "HireArray", "HireTestSupport"]),
    test("BackendAgreementTests", ["HireCPU", "HireReference", "HireArray", "HireTestSupport"]),
    test("HireCPUTests", ["HireCPU", "HireReference", "HireArray", "HireTestSupport"]),
]

let package = Package(
    name: "hire",
    products: [.executable(name: "hire", targets: ["hire"])],
    dependencies: [.package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")],
    targets: foreign + libraries + plugins.map(plugin) + [builtin, program] + tests)
