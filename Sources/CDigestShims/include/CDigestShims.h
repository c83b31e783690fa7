/* What every stored byte passes through: check sums, in the instructions that processors have for them, and the disk. */
#ifndef HIRE_CDIGEST_SHIMS_H
#define HIRE_CDIGEST_SHIMS_H

#include <stddef.h>
#include <stdint.h>

/* Whether this processor has instructions for SHA-256; asks the processor, so callers keep the answer. */
int hire_sha256_support(void);

/* Takes whole blocks of 64 bytes into the state of FIPS 180-4; only where hire_sha256_support() is not 0. */
void hire_sha256_blocks(uint32_t state[8], const uint8_t *bytes, size_t blocks);

/* The check sum of HDF5's filter fletcher32: 16-bit words in big-endian order, sums modulo 65,535. */
uint32_t hire_fletcher32(const uint8_t *bytes, size_t count);

/* Has the disk begin with bytes that were written to a file, and does not wait; nothing where the system cannot. */
void hire_begin_writeback(int descriptor, int64_t offset, int64_t count);

#endif
