// Filled by the first plugins.
