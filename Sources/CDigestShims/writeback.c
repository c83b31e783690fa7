#define _GNU_SOURCE  // sync_file_range is Linux's own, which Swift's Glibc does not show

#include "CDigestShims.h"

#include <fcntl.h>

void hire_begin_writeback(int descriptor, int64_t offset, int64_t count) {
#ifdef SYNC_FILE_RANGE_WRITE
    (void)sync_file_range(descriptor, offset, count, SYNC_FILE_RANGE_WRITE);
#else
    (void)descriptor;
    (void)offset;
    (void)count;
#endif
}
