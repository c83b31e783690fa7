/* Shims over HDF5, filled by the storage layer. */
