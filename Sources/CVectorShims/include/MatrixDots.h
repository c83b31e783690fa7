// A few rows times weights that are dense along the inner axis, as in decoding: each weight is read from memory once.
//
// Memory's speed bounds this, and one sequential stream per thread came closest to it (columns side by side and
// prefetching were slower), so columns are taken one after the other. For processors with 512-bit registers.
#pragma once
#include "MatrixTiles.h"

/// Floats that an arranged row of `count` elements takes.
int64_t hire_dots_floats(int64_t count);

/// Copies a row into the order in which `hire_dots` reads it, zeros behind its end.
void hire_dots_arrange(hire_tile_kind kind, const float *row, int64_t count, float *arranged);

/// c [rows, columns] = rows * w + bias (or nothing where bias is null); w's inner stride is 1, its kind not one of pairs.
void hire_dots(const float *arranged, int64_t rows, int64_t count, hire_tile_weights w, int64_t columns,
               const float *bias, float *c, int64_t leading);
