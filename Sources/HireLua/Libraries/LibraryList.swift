import HireStudies
import HireVLM

/// Everything that `require "hire"` gives: one line per library.
public enum LibraryList {
    /// The libraries in the order of the manual.
    public static let all: [ScriptLibrary] =
        [
            CoreLibrary.library,
            TensorLibrary.library,
            NNLibrary.library,
            HDF5Library.library,
            JSONLibrary.library,
        ] + StudyLibraries.all
}
