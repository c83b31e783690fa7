#include "CHDF5Shims.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* The core driver asks these functions for its memory, so that a finished file need not be copied out of it. */

struct hire_h5_image {
    uint8_t *bytes;
    size_t capacity;
    size_t filled; /* what the present file has asked for: zeros, or what the library wrote */
    size_t used;   /* how far any file came: beyond are the system's own zeros */
    int holders;
};

/* Pages of 2 MiB take a five-hundredth of the faults, where the system has them. */
static uint8_t *reserve(size_t capacity) {
    void *bytes = mmap(NULL, capacity, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (bytes == MAP_FAILED) return NULL;
#ifdef MADV_HUGEPAGE
    madvise(bytes, capacity, MADV_HUGEPAGE);
#endif
    return bytes;
}

hire_h5_image *hire_h5_image_make(size_t capacity) {
    hire_h5_image *image = malloc(sizeof *image);
    if (image == NULL) return NULL;
    if (capacity == 0) capacity = 1;
    *image = (hire_h5_image){reserve(capacity), capacity, 0, 0, 1};
    if (image->bytes != NULL) return image;
    free(image);
    return NULL;
}

void hire_h5_image_release(hire_h5_image *image) {
    if (--image->holders > 0) return;
    munmap(image->bytes, image->capacity);
    free(image);
}

const uint8_t *hire_h5_image_bytes(const hire_h5_image *image) { return image->bytes; }

/* Files have gaps that the library never writes; what an earlier file left there must not show in them. */
static uint8_t *cleared(hire_h5_image *image, size_t size) {
    size_t end = size < image->used ? size : image->used;
    if (end > image->filled) memset(image->bytes + image->filled, 0, end - image->filled);
    if (size > image->filled) image->filled = size;
    if (size > image->used) image->used = size;
    return image->bytes;
}

static void *image_realloc(void *old, size_t size, H5FD_file_image_op_t op, void *context) {
    (void)old;
    (void)op;
    hire_h5_image *image = context;
    if (size <= image->capacity) return cleared(image, size);
    size_t capacity = 2 * image->capacity > size ? 2 * image->capacity : size;
    uint8_t *larger = reserve(capacity);
    if (larger == NULL) return NULL;
    memcpy(larger, image->bytes, image->filled);
    munmap(image->bytes, image->capacity);
    image->bytes = larger;
    image->capacity = capacity;
    image->used = image->filled;
    return cleared(image, size);
}

static void *image_malloc(size_t size, H5FD_file_image_op_t op, void *context) {
    return image_realloc(NULL, size, op, context);
}

static void *image_copy(
    void *target, const void *source, size_t size, H5FD_file_image_op_t op, void *context) {
    (void)op;
    (void)context;
    return memmove(target, source, size);
}

/* The memory is its maker's. */
static herr_t image_free(void *bytes, H5FD_file_image_op_t op, void *context) {
    (void)bytes;
    (void)op;
    (void)context;
    return 0;
}

static void *hold(void *context) {
    ((hire_h5_image *)context)->holders += 1;
    return context;
}

static herr_t let_go(void *context) {
    hire_h5_image_release(context);
    return 0;
}

int hire_h5_image_use(hid_t access, hire_h5_image *image) {
    image->filled = 0;
    H5FD_file_image_callbacks_t callbacks = {
        image_malloc, image_copy, image_realloc, image_free, hold, let_go, image};
    return H5Pset_file_image_callbacks(access, &callbacks);
}
