/* Shims over libpng, filled by the imaging layer. */
