#include "RowKernels.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#endif
#define LANES 8
#define TILE_ROWS 4
#define TILE_VECTORS 3
#define KERNELS hire_row_kernels_eight
#include "row_kernels.h"
#if defined(__x86_64__)
#pragma clang attribute pop
#endif

const hire_row_kernels *hire_row_kernels_of_eight(void) { return &KERNELS; }
