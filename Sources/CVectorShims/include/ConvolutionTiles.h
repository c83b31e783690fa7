// The inner loops of stride-1 convolutions on 512-bit registers, for processors that have them (hire_tile_support).
//
// Planes are flat runs of pixels with their zero border in place, so that each tap is a constant shift; see
// DirectConvolution in Sources/HireCPU. Every sum is made in the order of channels and taps, whatever the tile.
#pragma once
#include <stdint.h>

/// Output channels of one tile at most, and its pixels.
enum { HIRE_CONVOLUTION_CHANNELS = 14, HIRE_CONVOLUTION_PIXELS = 32 };

/// out [channels, pixels] = sums over inputs and taps of weights [inputs, taps, channels] times shifted planes;
/// pixels is a multiple of 32, and planes are readable that far behind every shift.
void hire_convolve_tile(int channels, const float *planes, int64_t plane_step, int64_t inputs, const int64_t *shifts,
                        int64_t taps, const float *weights, int64_t pixels, float *out, int64_t out_step);

/// Channels of gradients, and shifted planes, that `hire_correlate_tile` takes at once.
enum { HIRE_CORRELATION_SLOPES = 8, HIRE_CORRELATION_PLANES = 3 };

/// sums [3][8] = inner products over pixels (a multiple of 16) of eight planes of gradients with three of input.
void hire_correlate_tile(const float *slopes, int64_t slope_step, const float *x, const float *y, const float *z,
                         int64_t pixels, float *sums);
