// Matrix products on 512-bit registers, for processors that have them; callers ask first.
//
// c = a w + bias is made of tiles of 14 rows and 32 columns, whose sums stay in registers. Rows of a and columns of w
// are first copied into the order in which a tile reads them, a slice of the inner axis at a time. Every element of c
// is summed in the order of the inner axis, however rows and columns are shared among threads.
#pragma once
#include <stdint.h>

/// Rows and columns of one tile.
enum { HIRE_TILE_ROWS = 14, HIRE_TILE_COLUMNS = 32 };

/// How weights lie in memory and are multiplied.
typedef enum {
    /// float32, multiplied as they are.
    HIRE_TILE_FLOAT32 = 0,
    /// bfloat16, widened to float32.
    HIRE_TILE_BFLOAT16 = 1,
    /// float16, widened to float32.
    HIRE_TILE_FLOAT16 = 2,
    /// bfloat16, multiplied two at a time by rows rounded to bfloat16; sums are float32.
    HIRE_TILE_BFLOAT16_PAIRS = 3,
} hire_tile_kind;

/// Weights [inner, columns], dense along one of the two axes.
typedef struct {
    const void *first;
    int64_t inner_stride, column_stride;
    hire_tile_kind kind;
} hire_tile_weights;

/// How the inner axis is cut.
typedef struct {
    /// Elements of the inner axis, and of one slice: a multiple of 32 or all.
    int64_t inner, slice;
    /// Tiles of rows: rows / tiles each, the first rows % tiles one more.
    int64_t rows, tiles;
} hire_tile_plan;

/// 0: no tiles; 1: float32 tiles (AVX-512); 2: pairs of bfloat16 too (AVX512-BF16).
int hire_tile_support(void);

/// The plan for a product, and the floats that its packed rows and one task's packed columns take.
hire_tile_plan hire_tile_plan_for(int64_t rows, int64_t inner, hire_tile_kind kind);
int64_t hire_tile_row_floats(hire_tile_plan plan, hire_tile_kind kind);
int64_t hire_tile_column_floats(hire_tile_plan plan, hire_tile_kind kind, int64_t columns);

/// Packs one tile of rows; a is dense along one of its axes.
void hire_tile_pack_rows(hire_tile_plan plan, hire_tile_kind kind, int64_t tile, const float *a,
                         int64_t row_stride, int64_t inner_stride, float *packed);

/// c [rows, columns] = packed rows * w + bias (or nothing where bias is null); scratch is 64-byte aligned.
void hire_tile_multiply(hire_tile_plan plan, const float *packed, hire_tile_weights w, int64_t columns,
                        const float *bias, float *c, int64_t leading, float *scratch);
