// The system's headers of openblas, found through pkg-config.
#include <cblas.h>
// How the allocator keeps memory is part of the fast back-end.
#include <malloc.h>
