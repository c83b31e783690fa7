#include "RowKernels.h"

#if defined(__x86_64__)
#include "MatrixTiles.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,fma"))), apply_to = function)
#define LANES 16
#define TILE_ROWS 7
#define TILE_VECTORS 3
#define KERNELS hire_row_kernels_sixteen
#include "row_kernels.h"
#pragma clang attribute pop

const hire_row_kernels *hire_row_kernels_here(void) {
    return hire_tile_support() > 0 ? &KERNELS : hire_row_kernels_of_eight();
}
#else
const hire_row_kernels *hire_row_kernels_here(void) { return hire_row_kernels_of_eight(); }
#endif
